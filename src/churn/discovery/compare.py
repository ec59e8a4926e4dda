"""Means over resampled folds, with intervals that know that the folds share rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t


@dataclass(frozen=True)
class Estimate:
    """A mean over folds with the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def estimate(folds: Sequence[float], ratio: float, level: float) -> Estimate:
    """Mean and corrected resampled t interval of a figure, or of the paired difference of two, in each of J folds.

    The variance of the mean is (1 / J + ratio) s^2 with J - 1 degrees of freedom, ratio being judging rows for each
    learned one: folds share most of what they learn from, so their figures are not independent. Nadeau and Bengio
    (2003), "Inference for the generalization error", Machine Learning 52; for repeated cross-validation Bouckaert and
    Frank (2004).
    """
    values = np.asarray(folds, dtype=np.float64)
    if len(values) < 2:
        return Estimate(float(values.mean()), -np.inf, np.inf)
    error = np.sqrt((1 / len(values) + ratio) * values.var(ddof=1))
    half = float(t.ppf((1 + level) / 2, len(values) - 1) * error)
    mean = float(values.mean())
    return Estimate(mean, mean - half, mean + half)
