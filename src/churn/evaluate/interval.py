"""Intervals by resampling customers."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.decision import Decision
from churn.evaluate.calibration import true_calibration_error
from churn.evaluate.figures import figures
from churn.params import Evaluate

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
Groups = npt.NDArray[np.integer]
Interval = dict[str, float]


def intervals(
    label: Labels, probability: Floats, group: Groups, decision: Decision, policy: Evaluate, seed: int
) -> dict[str, Interval]:
    """Each figure with its percentile bootstrap interval over customers; rows of equal group (n,) are one customer.

    The calibration error is that of endless rows (`true_calibration_error`), since a resampled one lies too high.
    """
    found = bootstrap(label, lambda rows: figures(label[rows], probability[rows], decision), policy, seed, group)
    value, low, high = true_calibration_error(label, probability, group, policy.level, seed)
    return found | {"calibration_error": {"value": value, "low": low, "high": high}}


def resamples(label: Labels, count: int, seed: int, group: Groups | None = None) -> list[Rows]:
    """Row positions of `count` bootstrap draws of customers; rows of equal `group` are one, without it each row is.

    A draw that lacks a class, for which no AUC exists, is drawn again.
    """
    random = np.random.default_rng(seed)
    customers = _Customers(np.arange(len(label)) if group is None else group)
    draws: list[Rows] = []
    while len(draws) < count:
        rows = customers.draw(random)
        if 0 < label[rows].sum() < len(rows):
            draws.append(rows)
    return draws


def bootstrap(
    label: Labels, figures_of: Callable[[Rows], dict[str, float]], policy: Evaluate, seed: int, group: Groups | None = None
) -> dict[str, Interval]:
    """Whatever `figures_of` says of the rows at some positions, with percentile intervals over resampled customers."""
    value = figures_of(np.arange(len(label)))
    draws = pd.DataFrame([figures_of(rows) for rows in resamples(label, policy.bootstrap, seed, group)])
    tail = (1 - policy.level) / 2
    low, high = draws.quantile(tail), draws.quantile(1 - tail)
    return {name: {"value": value[name], "low": float(low[name]), "high": float(high[name])} for name in value}


class _Customers:
    """Rows ordered by customer."""

    def __init__(self, group: Groups) -> None:
        _, customer, self.sizes = np.unique(group, return_inverse=True, return_counts=True)
        self.order = np.argsort(customer, kind="stable")
        self.starts = np.cumsum(self.sizes) - self.sizes

    def draw(self, random: np.random.Generator) -> Rows:
        """All rows of as many customers as there are, drawn with replacement."""
        drawn = random.integers(0, len(self.sizes), len(self.sizes))
        sizes = self.sizes[drawn]
        first = np.cumsum(sizes) - sizes
        return np.asarray(self.order[np.repeat(self.starts[drawn] - first, sizes) + np.arange(sizes.sum())])
