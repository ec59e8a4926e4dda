"""The reports on disk: where each lies, and which are kept. Knows nothing of Evidently, so it is quick to import."""

import re
from pathlib import Path


def file_name(snapshot: str) -> str:
    """A snapshot is named by whoever asks for a prediction, so its name must not lead out of the folder."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", snapshot)


def folder_of(version: str) -> str:
    """The folder of a version's reports, inside that of all reports."""
    return f"version-{version}"


def address(reports: Path, version: str, snapshot: str) -> str:
    """Where the report of a window lies, relative to the folder of all reports; empty if there is none."""
    place = f"{folder_of(version)}/{file_name(snapshot)}.html"
    return place if (reports / place).is_file() else ""


def forget(reports: Path, kept: int) -> None:
    """Delete all but the newest `kept` reports, with the figures beside them."""
    written = sorted(reports.glob("version-*/*.html"), key=lambda path: (path.stat().st_mtime, path))
    for path in written[:-kept]:
        for one in (path, path.with_suffix(".json")):
            one.unlink(missing_ok=True)
