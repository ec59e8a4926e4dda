"""Medians and ratios of what was measured, as a table and as a plot."""

import sys
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, Any]
SHAPES = ("per_second", "p50", "p99")


def medians(loads: dict[str, list[Figures]]) -> dict[str, Figures]:
    """The median of each figure over the rounds; failures are added up."""
    return {
        key: {name: median(one[name] for one in rounds) for name in SHAPES} | {"failed": sum(one["failed"] for one in rounds)}
        for key, rounds in loads.items()
    }


def lines(found: Figures, batch: int) -> list[str]:
    """The tables, line by line."""
    single, many = medians(found["single"]), medians(found["batch"])
    text = [f"{'':22}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'failed':>8}{'ratio':>8}{'p99 ratio':>11}"]
    for key, one in single.items():
        yardstick = single.get(f"empty/{key.partition('/')[2]}")
        ratios = [one[name] / yardstick[name] if yardstick else float("nan") for name in ("per_second", "p99")]
        figures = f"{one['per_second']:12,.1f}{one['p50']:10.2f}{one['p99']:10.2f}{one['failed']:8}"
        text.append(f"{key:22}{figures}{ratios[0]:8.3f}{ratios[1]:11.2f}")
    slowest = many.get("mlflow")
    for name, one in many.items():
        ratio = one["per_second"] / slowest["per_second"] if slowest else float("nan")
        text.append(f"{name:22}{batch * one['per_second']:12,.0f} rows/s in batches of {batch:,}; {ratio:.2f} times mlflow")
    for name, seconds in found["ready_seconds"].items():
        held = ", ".join(f"{size:.0f} MiB ({command})" for command, size in found["resident_mib"][name].items())
        text.append(f"{name:22}ready after {seconds:.2f} s; {held}")
    return text


def show(found: Figures, batch: int) -> None:
    """Print the tables."""
    sys.stdout.write("\n".join(lines(found, batch)) + "\n")


def plot(found: Figures, path: Path) -> None:
    """Requests per second and p99 by number of connections, one line for each contender."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import, and needed at the end only

    figure = Figure(figsize=(9, 4), layout="constrained")
    single = medians(found["single"])
    for axes, name, label in zip(figure.subplots(1, 2), ("per_second", "p99"), ("requests/s", "p99, ms"), strict=True):
        for contender in dict.fromkeys(key.partition("/")[0] for key in single):
            points = {int(key.partition("/")[2]): one[name] for key, one in single.items() if key.startswith(f"{contender}/")}
            axes.plot(list(points), list(points.values()), marker="o", label=contender)
        axes.set(xscale="log", yscale="log", xlabel="connections", ylabel=label)
        axes.legend()
    figure.savefig(path)
