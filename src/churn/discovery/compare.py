"""Means over customers, with intervals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from churn.evaluate.slices import mean_influence, standard_error

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Estimate:
    """A mean with the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def estimate(values: Floats, group: Groups, level: float) -> Estimate:
    """Mean of (n,) values of judging rows, and its normal interval over customers; rows of equal `group` (n,) are one.

    Each row was judged by models that had not seen its customer. That models share what they learned from narrows
    nothing here, since it is customers and not folds that are counted as independent.
    """
    mean, influence = mean_influence(values)
    half = float(norm.ppf((1 + level) / 2)) * standard_error(influence, group)
    return Estimate(mean, mean - half, mean + half)
