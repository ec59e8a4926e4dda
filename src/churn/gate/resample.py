"""Paired differences of two models on the same rows, with intervals from resampling customers; both in every draw."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from churn.decision import Decision as Costs
from churn.evaluate.figures import auc, losses
from churn.gate.contestants import Floats, Groups, Labels, Rows
from churn.gate.criterion import Interval

SEED = 0
TOGETHER = 100  # draws that are in memory at a time

Weights = npt.NDArray[np.float64]


def differences(rows: Rows, one: Floats, other: Floats, costs: Costs, draws: int, level: float) -> dict[str, Interval]:
    """`one` less `other` in AUC, log loss and profit per 1,000 customers, with percentile intervals of so many draws.

    NaN throughout if a probability is none, or if the rows lack a class.
    """
    known = np.isfinite(one).all() and np.isfinite(other).all() and 0 < rows.label.sum() < len(rows.label)
    if not known:
        return dict.fromkeys(("auc", "log_loss", "profit"), (np.nan, np.nan, np.nan))
    loss = losses(rows.label, one) - losses(rows.label, other)
    profit = costs.worth(rows.label, costs.contact(one)) - costs.worth(rows.label, costs.contact(other))
    first, second = _Ranked(rows.label, one), _Ranked(rows.label, other)
    drawn: dict[str, list[Floats]] = {"auc": [], "log_loss": [], "profit": []}
    for weights in _weights(rows.customer, draws):
        total = weights.sum(axis=1)
        drawn["auc"].append(first.auc(weights) - second.auc(weights))
        drawn["log_loss"].append(weights @ loss / total)
        drawn["profit"].append(weights @ profit / total)
    value = {
        "auc": auc(rows.label, one) - auc(rows.label, other),
        "log_loss": float(loss.mean()),
        "profit": float(profit.mean()),
    }
    return {name: (value[name], *_ends(np.concatenate(parts), level)) for name, parts in drawn.items()}


class _Ranked:
    """AUC of resampled rows: ranked once, then a sum for each draw."""

    def __init__(self, label: Labels, probability: Floats) -> None:
        values, place = np.unique(probability, return_inverse=True)
        self._order = np.argsort(place, kind="stable")
        self._starts = np.searchsorted(place[self._order], np.arange(len(values)))
        self._label = label[self._order]

    def auc(self, weights: Weights) -> Floats:
        """(draws, n) weights to (draws,) AUC; NaN for a draw that lacks a class."""
        ordered = weights[:, self._order]
        churners = np.add.reduceat(ordered * self._label, self._starts, axis=1)
        stayers = np.add.reduceat(ordered * (1 - self._label), self._starts, axis=1)
        below = np.cumsum(stayers, axis=1) - stayers / 2
        pairs = churners.sum(axis=1) * stayers.sum(axis=1)
        return np.asarray((churners * below).sum(axis=1) / np.where(pairs > 0, pairs, np.nan))


def _weights(customer: Groups, draws: int) -> Iterator[Weights]:
    """How often each row (n,) is in each draw: as often as its customer is, of as many customers as there are."""
    random = np.random.default_rng(SEED)
    _, row = np.unique(customer, return_inverse=True)
    many = int(row.max()) + 1
    for start in range(0, draws, TOGETHER):
        count = min(TOGETHER, draws - start)
        drawn = random.integers(0, many, (count, many)) + np.arange(count)[:, None] * many
        yield np.bincount(drawn.ravel(), minlength=count * many).reshape(count, many)[:, row].astype(np.float64)


def _ends(values: Floats, level: float) -> tuple[float, float]:
    """Both ends of the middle `level` of the draws; those without a class are left out."""
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
