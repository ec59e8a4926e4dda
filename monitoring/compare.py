"""Every comparison of a window with the reference: distributions, missing values, unknown levels, predictions."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np

from churn.contract import Column
from monitoring.counts import Counted, Counts, shared_share
from monitoring.figures import Comparison, Kind
from monitoring.table import PREDICTION
from monitoring.twosample import contingency, in_words, kolmogorov_smirnov, shares_differ
from monitoring.yardstick import Yardstick

WEIGHED = 0.05  # p-value up to which the impact of a change is asked of the model: a larger one never stands out
FEW_VALUES = 10  # a number with no more is tested as a category, where a test of ranks would be too cautious


def compare(yardstick: Yardstick, window: Counts, run: Sequence[Counts] | None = None) -> list[Comparison]:
    """Every test of a window; run: earlier windows that are joined with it, None while there are too few.

    Customers who come in several windows are one: the joined counts are scaled to the number of different customers.
    """
    joined = None if run is None else reduce(add, [*run, window])
    share = 1.0 if not run else shared_share([*run, window])
    tests = _Tests(yardstick, window, joined, share)
    found: list[Comparison | None] = []
    for position, column in enumerate(yardstick.contract.columns):
        found += [tests.distribution(position, column), tests.missing(position, column), tests.unseen(position, column)]
    return [one for one in [*found, tests.prediction()] if one]


def ordered(yardstick: Yardstick, position: int) -> bool:
    """Whether a column is a number of many values."""
    edges = yardstick.bins.edges[position]
    return edges is not None and len(edges) >= FEW_VALUES


class _Tests:
    """The tests of one window, alone and joined with those before it."""

    def __init__(self, yardstick: Yardstick, window: Counts, joined: Counts | None, share: float) -> None:
        self.yardstick, self.window, self.joined, self.share = yardstick, window, joined, share
        self.before = yardstick.counts

    def distribution(self, position: int, column: Column) -> Comparison | None:
        """Of the known values; None for a column that is missing everywhere in one of the tables."""
        return self._moved(position, column.name, "distribution", column.levels)

    def prediction(self) -> Comparison | None:
        """Of the predicted probability."""
        return self._moved(len(self.yardstick.contract.columns), PREDICTION, "prediction", ())

    def missing(self, position: int, column: Column) -> Comparison | None:
        """Of the share of missing values; None where none or all are."""
        return self._share(position, column.name, "missing", -1)

    def unseen(self, position: int, column: Column) -> Comparison | None:
        """Of the share of levels that the contract does not know; None where there are none."""
        return self._share(position, column.name, "unseen", -2) if column.kind == "category" else None

    def _moved(self, position: int, name: str, kind: Kind, levels: Sequence[str]) -> Comparison | None:
        before, after = self.before.cells[position][:-1], self.window.cells[position][:-1]
        if not before.sum() or not after.sum():
            return None
        test = kolmogorov_smirnov if ordered(self.yardstick, position) else contingency
        joined = None if self.joined is None else test(before, self.joined.cells[position][:-1] * self.share)
        number = self.yardstick.bins.edges[position] is not None
        words = _number_moved(self.before, self.window, position) if number else _level_moved(before, after, levels)
        return self._weighed(position, Comparison(name, kind, test(before, after), *words, joined=joined))

    def _share(self, position: int, name: str, kind: Kind, cell: int) -> Comparison | None:
        counts = [(table.cells[position][cell], table.rows) for table in (self.before, self.window)]
        p_value = shares_differ(*counts[0], *counts[1])
        if p_value is None:
            return None
        joined = None
        if self.joined is not None:
            joined = shares_differ(*counts[0], self.joined.cells[position][cell] * self.share, self.joined.rows * self.share)
        before, after = (float(many / rows) for many, rows in counts)
        return self._weighed(position, Comparison(name, kind, p_value, before, after, in_words(before, after), joined=joined))

    def _weighed(self, position: int, one: Comparison) -> Comparison:
        """With its impact; the prediction has none besides itself."""
        if one.kind == "prediction" or min(one.p_value, 1.0 if one.joined is None else one.joined) > WEIGHED:
            return one
        return replace(one, impact=self.yardstick.impact(position, self.before, self.joined or self.window))


def _number_moved(before: Counts, after: Counts, position: int) -> tuple[float, float, str]:
    """Mean before and after, or the standard deviation where that moved more."""
    moments = [_moments(counts, position) for counts in (before, after)]
    means, spreads = zip(*moments, strict=True)
    name, (old, new) = ("mean", means) if abs(means[1] - means[0]) >= abs(spreads[1] - spreads[0]) else ("spread", spreads)
    return old, new, f"{name} {old:.4g} to {new:.4g}"


def _moments(counts: Counts, position: int) -> tuple[float, float]:
    known = counts.cells[position][:-1].sum()
    mean = counts.spread.total[position] / known
    return float(mean), float(np.sqrt(max(counts.spread.squares[position] / known - mean**2, 0.0)))


def _level_moved(before: Counted, after: Counted, levels: Sequence[str]) -> tuple[float, float, str]:
    """Share before and after of the level whose share changed most."""
    names = (*levels, "never seen") if levels else ("no", "yes")
    shares = before / before.sum(), after / after.sum()
    most = int(np.abs(shares[1] - shares[0]).argmax())
    old, new = float(shares[0][most]), float(shares[1][most])
    return old, new, f"{names[most]} {in_words(old, new)}"
