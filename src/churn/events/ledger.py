"""What is kept of a source: its events by month, each month in one sorted Parquet file that is named by its content."""

import hashlib
from datetime import date, datetime
from pathlib import Path

import msgspec

LEDGER = "ledger.json"


class Part(msgspec.Struct, frozen=True):
    """One month. file: its name. rows: how many events."""

    file: str
    rows: int


class Ledger(msgspec.Struct, frozen=True):
    """declaration: hash of what the rows depend on. files: (size, time of change in ns) of each that has been read.

    parts: by month, as YYYY-MM. oldest, newest: times of events. nobody: rows without a customer or a time.
    """

    declaration: str
    files: dict[str, tuple[int, int]] = {}
    parts: dict[str, Part] = {}
    oldest: datetime | None = None
    newest: datetime | None = None
    nobody: int = 0

    @property
    def rows(self) -> int:
        """Events in all."""
        return sum(part.rows for part in self.parts.values())

    def between(self, first: date, last: date) -> list[str]:
        """The files of the months from that of one day to that of another."""
        return [
            part.file for month, part in sorted(self.parts.items()) if first.isoformat()[:7] <= month <= last.isoformat()[:7]
        ]


def read(folder: Path, declaration: str) -> Ledger:
    """The ledger in a folder; an empty one where there is none, or where the source was declared otherwise."""
    path = folder / LEDGER
    kept = msgspec.json.decode(path.read_bytes(), type=Ledger) if path.is_file() else Ledger(declaration)
    return kept if kept.declaration == declaration else Ledger(declaration)


def write(folder: Path, ledger: Ledger) -> None:
    """Replace the ledger at once, and then remove what it does not name."""
    beside = folder / f".{LEDGER}"
    beside.write_bytes(msgspec.json.encode(ledger))
    beside.replace(folder / LEDGER)
    named = {part.file for part in ledger.parts.values()}
    for path in folder.glob("*.parquet"):
        if path.name not in named:
            path.unlink()


def named_by_content(path: Path, month: str) -> str:
    """Rename a part to its month and the start of its sha256; returns the name."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name = f"{month}-{digest[:32]}.parquet"
    path.replace(path.parent.parent / name)
    return name
