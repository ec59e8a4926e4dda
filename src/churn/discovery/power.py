"""What could be detected at all with so many customers."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

POWER = 0.8
LEVEL = 0.95


@dataclass(frozen=True)
class Power:
    """auc: smallest AUC told from 0.5. rate: smallest difference in the rate of churn between two halves of the customers."""

    auc: float
    rate: float


def power(churners: float, stayers: float) -> Power:
    """What 80 of 100 samples of so many customers would show beyond 95 %.

    The error of an AUC of 0.5 is that of the rank sum, sqrt((m + n + 1) / (12 m n)) (Mann and Whitney, 1947).
    """
    m, n = max(churners, 1.0), max(stayers, 1.0)
    errors = norm.ppf((1 + LEVEL) / 2) + norm.ppf(POWER)
    rate = m / (m + n)
    auc = 0.5 + errors * np.sqrt((m + n + 1) / (12 * m * n))
    return Power(float(min(auc, 1.0)), float(errors * np.sqrt(4 * rate * (1 - rate) / (m + n))))
