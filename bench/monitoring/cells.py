"""Cells: one thing is done to the windows of a company, many times, and the verdicts are counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.monitoring.company import CATEGORIES, NUMBERS, Matrix, block, customers, matured, yardstick
from churn.params import Params
from monitoring.figures import Figures
from monitoring.measure import Past, measure
from monitoring.verdict import Verdict, judge
from monitoring.yardstick import Matured

Change = Callable[[np.random.Generator, Matrix, int], None]
CALM, AFTER = 2, 2  # windows before and after a change
LIFE = 24  # windows of a steady life


@dataclass(frozen=True)
class Cell:
    """A row of the table: how many of so many trials; to_reach: the share that the project promises; bound: of theory."""

    name: str
    hits: int
    trials: int
    to_reach: str
    bound: float | None = None

    @property
    def share(self) -> float:
        """Hits per trial."""
        return self.hits / self.trials


def steady(params: Params, seeds: range, rows: int) -> Cell:
    """Verdicts `drifted` or `decayed` where nothing ever happens; outcomes mature one window later."""
    hits = trials = 0
    for seed in seeds:
        for verdict in _live(params, np.random.default_rng([seed, rows, 1]), rows, LIFE, lambda *_: None, outcomes=True):
            hits += verdict.state in {"drifted", "decayed"}
            trials += 1
    return Cell(f"false drifted or decayed, steady, {rows:,} rows", hits, trials, "at most 1 %")


def found(params: Params, seeds: range, rows: int, name: str, change: Change, to_reach: str, bound: float | None) -> Cell:
    """Trials in which the changed column is named as drifted or broken within two windows."""
    hits = 0
    for seed in seeds:
        random = np.random.default_rng([seed, rows, 2])
        column = int(random.integers(NUMBERS, NUMBERS + CATEGORIES)) if "level" in name else int(random.integers(NUMBERS))
        verdicts = list(_live(params, random, rows, CALM + AFTER, change, start=CALM, column=column))
        names = {one for verdict in verdicts[CALM:] if verdict.state in {"drifted", "broken"} for one in verdict.columns}
        hits += _name(column) in names
    return Cell(f"{name}, {rows:,} rows, within 2 windows", hits, len(seeds), to_reach, bound)


def moved(by: float) -> Change:
    """A number is larger by so many standard deviations."""

    def change(_: np.random.Generator, matrix: Matrix, column: int) -> None:
        matrix[:, column] += by

    return change


def lost(random: np.random.Generator, matrix: Matrix, column: int) -> None:
    """A tenth more of the values are missing."""
    missing = np.isnan(matrix[:, column]).mean()
    matrix[random.random(len(matrix)) < 0.1 / (1 - missing), column] = np.nan


def new_level(random: np.random.Generator, matrix: Matrix, column: int) -> None:
    """A twentieth of the customers have a level that nobody has seen."""
    matrix[random.random(len(matrix)) < 0.05, column] = 5


def _live(
    params: Params,
    random: np.random.Generator,
    rows: int,
    windows: int,
    change: Change,
    *,
    start: int = 0,
    column: int = 0,
    outcomes: bool = False,
) -> Iterator[Verdict]:
    measured = yardstick(random, params)
    figures: list[Figures] = []
    known: list[Matured] = []
    for position in range(windows):
        matrix = customers(random, rows)
        if position >= start:
            change(random, matrix, column)
        window = block(random, matrix)
        past = Past([one.counts for one in figures if one.counts], None, known, len(known))
        figures.append(measure(measured, str(position), window, past, params.monitoring))
        yield judge(figures, params.monitoring)
        if outcomes:
            known.append(matured(random, window))


def _name(column: int) -> str:
    return f"number {column}" if column < NUMBERS else f"text {column - NUMBERS}"
