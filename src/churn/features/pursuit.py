"""Columns taken one by one, each for what those before it leave untold."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Told:
    """What is predicted so far of n rows with their label, both (n,)."""

    label: Labels
    log_odds: Floats

    @property
    def left(self) -> Floats:
        """The residual of each row."""
        return np.asarray(self.label - expit(self.log_odds))

    @property
    def events(self) -> Floats:
        """The variance of each row's outcome."""
        return np.asarray(expit(self.log_odds) * expit(-self.log_odds))

    def and_by(self, column: Floats) -> "Told":
        """With one more column (n,), weighted by a few steps of Newton's method."""
        told = self
        for _ in range(5):
            step = column @ told.left / (told.events @ column**2 + 1e-9)
            told = replace(told, log_odds=told.log_odds + step * column)
        return told


def pursued(together: Floats, told: Told, most: int, threshold: float) -> Iterator[int]:
    """Places of the products (n, candidates) that stand out one after the other, each given those before it."""
    together = together - together.mean(axis=0)
    for _ in range(min(most, together.shape[1])):
        statistic = (told.left @ together) ** 2 / (told.events @ together**2)
        best = int(statistic.argmax())
        if statistic[best] <= threshold:
            return
        yield best
        told = told.and_by(together[:, best])
