"""What a candidate costs from table to bundle: seconds, and memory of all its processes at the peak."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.quality import made, tables
from bench.quality.runs import LONGEST, OWN_PATH
from bench.quality.tables import Source
from bench.watch import watched
from churn.params import Params

SECONDS = {"telco": 120, "large": 600, "wide": 600}
MEBI, LIMIT_MIB = 2**20, 2048
Found = dict[str, Any]


def measure(folder: Path, params: Params) -> tuple[Found, str]:  # noqa: ARG001 - a workspace has params of its own
    """Make a candidate of each table in a fresh workspace; as values and as text."""
    found = {source.name: candidate(source) for source in _sources(folder)}
    lines = [
        f"{name}: {one['seconds']:.0f} s (wanted {SECONDS[name]}), {one['cpu_seconds']:.0f} s of CPU, "
        f"{one['peak_mib']:,.0f} MiB (wanted {LIMIT_MIB:,}), bundle {one['bundle_bytes'] / MEBI:.1f} MiB"
        for name, one in found.items()
    ]
    return found, "\n".join(lines) + "\n"


def candidate(source: Source) -> Found:
    """Seconds, CPU seconds, MiB and the size of the bundle of one table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        what = [source.path.absolute(), source.target, source.positive, source.id or ""]
        spent = watched([sys.executable, "-m", "bench.quality.candidate", folder, *what], OWN_PATH, LONGEST)
        size = sum(path.stat().st_size for path in (folder / "artifacts" / "bundle").rglob("*"))
    found = {"seconds": spent.seconds, "cpu_seconds": spent.cpu_seconds, "peak_mib": spent.peak_bytes / MEBI}
    return found | {"bundle_bytes": size}


def _sources(folder: Path) -> list[Source]:
    folder.mkdir(parents=True, exist_ok=True)
    public = [one for one in tables.PUBLIC if one.name == "telco" and one.path.is_file()]
    for name, make in (("large", made.large), ("wide", made.wide)):
        path = folder / f"{name}.csv"
        make().to_csv(path, index=False, lineterminator="\n")
        public.append(Source(name, path, made.TARGET, "Yes", made.ID))
    return public
