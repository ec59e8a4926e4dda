"""Two-sample tests on counts that take both samples as samples, and what moved between them in words."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from scipy.stats import chi2, hypergeom, kstwo

Counted = npt.NDArray[np.integer] | npt.NDArray[np.floating]
FEW = 10.0  # rows of both samples together, below which a level is pooled: chi-squared needs 5 expected in a cell
MANY = 10_000  # rows of both samples, above which the normal approximation of shares is exact enough


def kolmogorov_smirnov(before: Counted, after: Counted) -> float:
    """p-value of the two-sample Kolmogorov-Smirnov test on counts of ordered bins; ties make it cautious."""
    rows, others = before.sum(), after.sum()
    if not rows or not others:
        return 1.0
    distance = np.abs(np.cumsum(before) / rows - np.cumsum(after) / others).max()
    return float(kstwo.sf(distance, max(round(rows * others / (rows + others)), 1)))


def contingency(before: Counted, after: Counted) -> float:
    """p-value of the chi-squared test on the 2 x levels table of both samples; rare levels count as one."""
    table = np.array([before, after], dtype=np.float64)
    rare = table.sum(axis=0) < FEW
    table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    if table.shape[1] < 2 or not rows.all():
        return 1.0
    expected = np.outer(rows, columns) / rows.sum()
    return float(chi2.sf(((table - expected) ** 2 / expected).sum(), table.shape[1] - 1))


def shares_differ(before: float, before_rows: float, after: float, after_rows: float) -> float | None:
    """Two-sided p-value on two counts; None where no row or every row of both is counted.

    Twice the smaller tail of Fisher's exact test; the normal approximation where there are many rows.
    """
    hits, rows = round(before) + round(after), round(before_rows) + round(after_rows)
    if hits in {0, rows} or not round(after_rows) or not round(before_rows):
        return None
    if rows > MANY and min(hits, rows - hits) > MANY / 100:
        pooled = hits / rows
        error = np.sqrt(pooled * (1 - pooled) * (1 / before_rows + 1 / after_rows))
        return float(2 * ndtr(-abs(before / before_rows - after / after_rows) / error))
    null, seen = (rows, hits, round(after_rows)), round(after)
    return float(min(1.0, 2 * min(hypergeom.cdf(seen, *null), hypergeom.sf(seen - 1, *null))))


def in_words(before: float, after: float) -> str:
    """Two shares as percentages."""
    return f"{before:.1%} to {after:.1%}"
