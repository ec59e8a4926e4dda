"""Prove the policy of params.yaml: `python -m bench.monitoring` writes state/bench/monitoring.json and .html.

About ten minutes with the default number of seeds. The learner is a quick one; everything else is what the flow runs.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench.monitoring import bounds, cells, outcomes, worlds
from bench.monitoring.company import REFERENCE
from bench.monitoring.page import page
from churn import params as configuration
from churn.params import Params
from churn.simulate.worlds import WORLDS
from monitoring.replay.account import HEAD, joined, lines, row

HOME = Path("state/bench")
SIMPLE = {"bins": 2, "knots": 0}  # the quick learner: hardly a step, because the truth of the worlds is nearly straight


def main() -> None:
    """Measure, print, write."""
    chosen = _options()
    params = _quick(configuration.load())
    measured = [_told(one) for one in _cells(params, chosen.seeds, chosen.first)] if not chosen.worlds else []
    named, seeds = chosen.worlds or list(WORLDS), range(chosen.first, chosen.first + chosen.seeds)
    lived = [joined([worlds.life(params, WORLDS[name], seed) for seed in seeds]) for name in named]
    table = lines([HEAD, *map(row, lived), ["all", *row(joined(lived))[1:]]])
    sys.stdout.write("\n".join(["", *table]) + "\n")
    HOME.mkdir(parents=True, exist_ok=True)
    found = {
        "seeds": chosen.seeds,
        "first": chosen.first,
        "cells": [asdict(one) for one in measured],
        "worlds": [asdict(one) for one in lived],
    }
    (HOME / "monitoring.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (HOME / "monitoring.html").write_text(page(measured, lived), encoding="utf-8")


def _cells(params: Params, seeds: int, first: int) -> Iterator[cells.Cell]:
    steady = range(first, first + 4 * seeds)
    for rows in (500, 1000, 2000, 5000):
        yield cells.steady(params, steady, rows)
    many, level = range(first, first + 30 * seeds), params.monitoring.false_discovery_rate / 20
    for by, rows, to_reach in ((0.3, 500, "at least 95 %"), (0.2, 1000, "at least 80 %")):
        bound = bounds.of_a_shift(by, 2 * rows, REFERENCE, level)
        yield cells.found(params, many, rows, f"1 of 20 columns moved by {by} sd", cells.moved(by), to_reach, bound)
    yield cells.found(params, many, 500, "missing rate +10 points", cells.lost, "at least 95 %", None)
    yield cells.found(params, many, 500, "a new level at 5 %", cells.new_level, "at least 95 %", None)
    yield outcomes.competitor(params, many)
    yield outcomes.coverage(params, range(first, first + 2 * seeds))


def _told(one: cells.Cell) -> cells.Cell:
    """Say at once what a cell has found."""
    sys.stdout.write(f"{_line(one)}\n")
    sys.stdout.flush()
    return one


def _line(one: cells.Cell) -> str:
    bound = "" if one.bound is None else f"; theory allows {one.bound:.1%}"
    return f"{one.name:55} {one.share:7.2%} of {one.trials:,} ({one.to_reach}{bound})"


def _quick(params: Params) -> Params:
    logistic = params.train.logistic.model_copy(update=SIMPLE)
    return params.model_copy(update={"train": params.train.model_copy(update={"logistic": logistic})})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="lives in each world; cells have a multiple of it")
    parser.add_argument("--first", type=int, default=100, help="the first seed; those below 10 chose the knobs of the policy")
    parser.add_argument("--worlds", nargs="*", choices=list(WORLDS), help="only these worlds, and no cells")
    return parser.parse_args()


if __name__ == "__main__":
    main()
