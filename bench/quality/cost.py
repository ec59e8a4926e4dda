"""What a candidate costs from table to bundle: seconds, and memory of all its processes at the peak."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from bench.quality import made, tables
from bench.quality.runs import OWN_PATH
from bench.quality.tables import Source
from churn.params import Params

SECONDS = {"telco": 120, "large": 600, "wide": 600}
MEBI, LIMIT_MIB = 2**20, 2048
EVERY = 0.2  # seconds between two looks at the memory
GIVE_UP = 3600.0
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
        command = [sys.executable, "-m", "bench.quality.candidate", folder, *what]
        environment = os.environ | {"PYTHONPATH": OWN_PATH}
        start, before = time.perf_counter(), _children_cpu()
        with subprocess.Popen([*map(str, command)], env=environment) as process:
            peak = _peak(process, start)
        if process.returncode:
            raise RuntimeError(f"no candidate could be made of {source.name}; its output is above")
        size = sum(path.stat().st_size for path in (folder / "artifacts" / "bundle").rglob("*"))
        spent = {"seconds": time.perf_counter() - start, "cpu_seconds": _children_cpu() - before}
    return spent | {"peak_mib": peak / MEBI, "bundle_bytes": size}


def _sources(folder: Path) -> list[Source]:
    folder.mkdir(parents=True, exist_ok=True)
    public = [one for one in tables.PUBLIC if one.name == "telco" and one.path.is_file()]
    for name, make in (("large", made.large), ("wide", made.wide)):
        path = folder / f"{name}.csv"
        make().to_csv(path, index=False, lineterminator="\n")
        public.append(Source(name, path, made.TARGET, "Yes", made.ID))
    return public


def _peak(process: "subprocess.Popen[bytes]", start: float) -> int:
    """Bytes that the process and its children held at most, looked at a few times a second until it ends."""
    most, own = 0, psutil.Process(process.pid)
    while process.poll() is None:
        if time.perf_counter() > start + GIVE_UP:
            process.kill()
        most = max(most, _held(own))
        time.sleep(EVERY)
    return most


def _held(own: Any) -> int:
    held = 0
    for one in _family(own):
        try:
            held += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return held


def _family(own: Any) -> list[Any]:
    try:
        return [own, *own.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _children_cpu() -> float:
    return sum(os.times()[2:4])
