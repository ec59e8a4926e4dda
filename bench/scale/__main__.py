"""How cost grows from ten thousand to ten million rows, for snapshots, training, scoring and the drift verdict.

`python -m bench.scale` writes state/bench/scale.json and scale.png. Each work is a process of its own, start included; memory
is what it and its helpers held together at the peak. `--only NAME ... --rows N ...` measures a part; what was measured before
stays.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.quality.runs import OWN_PATH
from bench.scale.work import WORKS
from bench.watch import watched

HOME = Path("state/bench")
FOUND = HOME / "scale.json"
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
LIMIT = 3600.0  # seconds of a work

Figures = dict[str, Any]


def main() -> None:
    """Measure, print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=list(WORKS), choices=list(WORKS))
    parser.add_argument("--rows", nargs="+", type=int, default=list(SIZES))
    chosen = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    HOME.mkdir(parents=True, exist_ok=True)
    for name in chosen.only:
        for rows in chosen.rows:
            one = measured(name, rows)
            kept = [old for old in known() if (old["name"], old["rows"]) != (name, rows)]
            found = sorted([*kept, one], key=lambda one: (list(WORKS).index(one["name"]), one["rows"]))
            FOUND.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
            told = "{name:14}{rows:12,} rows {seconds:9.1f} s {cpu_seconds:9.1f} s of CPU"
            sys.stdout.write(f"{told.format(**one)} {one['peak_bytes'] / 2**20:8,.0f} MiB\n")
            sys.stdout.flush()
    plot(known(), HOME / "scale.png")


def known() -> list[Figures]:
    """What was measured so far."""
    found: list[Figures] = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.is_file() else []
    return found


def measured(name: str, rows: int) -> Figures:
    """One work on so many rows."""
    folder = HOME / "scale" / name.replace(" ", "-")
    command = [sys.executable, "-m", "bench.scale.work", name, str(rows), str(folder)]
    subprocess.run([*command, "--before"], check=True, stdout=subprocess.DEVNULL)
    spent = watched(command, OWN_PATH, LIMIT)
    shutil.rmtree(folder, ignore_errors=True)
    return {"name": name, "rows": rows} | asdict(spent)


def plot(found: list[Figures], path: Path) -> None:
    """CPU seconds and highest memory by the number of rows."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw(left, found, "cpu_seconds", 1, "CPU seconds")
    draw(right, found, "peak_bytes", 2**20, "MiB")
    figure.savefig(path)


def draw(axes: Axes, found: list[Figures], key: str, unit: float, label: str) -> None:
    """One figure, a line for each work."""
    for name in dict.fromkeys(one["name"] for one in found):
        points = {one["rows"]: one[key] / unit for one in found if one["name"] == name}
        axes.plot(list(points), list(points.values()), marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel=label)
    axes.legend()


if __name__ == "__main__":
    main()
