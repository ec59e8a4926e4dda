"""What theory allows: the power of the best test, which knows beforehand what has changed and how."""

import numpy as np
from scipy.stats import norm

from monitoring.counts import Floats


def of_a_shift(by: float, rows: int, reference: int, level: float) -> float:
    """Power of a two-sided z-test on two means of unit spread that differ by `by`, at one level."""
    distance = by / np.sqrt(1 / rows + 1 / reference)
    return float(norm.sf(norm.isf(level / 2) - distance))


def of_outcomes(before: Floats, after: Floats, level: float) -> float:
    """Power of the likelihood ratio test on outcomes whose chances are `before` or `after`, both known (n,).

    No test at this level has more (Neyman and Pearson, 1933); the ratio is taken as normal.
    """
    odds = np.log(after / before), np.log((1 - after) / (1 - before))
    step = odds[0] - odds[1]
    means = [float((chance * odds[0] + (1 - chance) * odds[1]).sum()) for chance in (before, after)]
    spreads = [float(np.sqrt((chance * (1 - chance) * step**2).sum())) for chance in (before, after)]
    return float(norm.sf((means[0] + norm.isf(level) * spreads[0] - means[1]) / spreads[1]))
