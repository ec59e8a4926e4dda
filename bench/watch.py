"""Run a command, and see what it and all its processes take."""

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil  # type: ignore[import-untyped]

EVERY = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Spent:
    """Seconds, CPU seconds, and bytes that all processes held together at the peak."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def watched(command: Sequence[object], python_path: str, limit: float) -> Spent:
    """Run a command to its end. Raises RuntimeError with its last word where it fails or takes more than `limit` seconds."""
    environment = os.environ | {"PYTHONPATH": python_path}
    start, peak = time.perf_counter(), 0
    cpu = _of_ended_children()
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen([*map(str, command)], env=environment, stdout=subprocess.DEVNULL, stderr=said) as process,
    ):
        own = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, held(own))
            if time.perf_counter() > start + limit:
                process.kill()
            time.sleep(EVERY)
        if process.returncode:
            said.seek(0)
            raise RuntimeError((said.read().strip().splitlines() or [f"ended with {process.returncode}"])[-1])
    return Spent(time.perf_counter() - start, _of_ended_children() - cpu, peak)


def held(own: Any) -> int:
    """Bytes that a process and its children hold now."""
    return sum(_ask(one, lambda one: one.memory_info().rss) for one in [own, *_children(own)])


def cpu_seconds() -> float:
    """What this process, its running children and those that have ended took so far."""
    running = (_ask(one, lambda one: sum(one.cpu_times()[:2])) for one in _children(psutil.Process()))
    return float(sum(os.times()[:4]) + sum(running))


def _children(own: Any) -> list[Any]:
    try:
        return list(own.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def _ask(one: Any, what: Any) -> Any:
    """0 for a process that has just ended."""
    try:
        return what(one)
    except psutil.NoSuchProcess:
        return 0


def _of_ended_children() -> float:
    return sum(os.times()[2:4])
