"""Exact Shapley values of a sum of trees."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn.contract.encode import Matrix

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Forest:
    """Every leaf of every tree with the conditions on the way to it, at most `d` features each.

    value: (leaves,) log-odds of the leaf. feature: (leaves, d) encoded column of each condition, the number of columns
    where a leaf has fewer. share: (leaves, d) share of the training rows that meet the condition, of those that got
    there. low, high, missing: a number meets its condition if low < x <= high, or where it is missing if `missing`.
    codes: (masks, codes + 1) sets of codes of a category, the last place for missing; mask: (leaves, d) the set that meets
    the condition, which numbers ignore. category: (leaves, d) whether the condition is on a category.
    """

    value: Floats
    feature: npt.NDArray[np.int32]
    share: Floats
    low: Floats
    high: Floats
    missing: npt.NDArray[np.bool_]
    codes: npt.NDArray[np.bool_]
    mask: npt.NDArray[np.int32]
    category: npt.NDArray[np.bool_]

    @property
    def base(self) -> float:
        """Expected log-odds when nothing is known of a customer."""
        return float(self.value @ self.share.prod(axis=1))

    def contributions(self, row: Matrix) -> Floats:
        """Shapley values of one encoded row (columns,), shape (columns,), in log-odds.

        The value of a coalition follows the trees where its features decide and the training shares elsewhere
        (Lundberg et al., 2020, path-dependent). The Shapley value is the integral over u in [0, 1] of the product over
        the other conditions of `share * (1 - u) + met * u` (Owen, 1972), a polynomial that Gauss-Legendre integrates
        without error.
        """
        met = self._met(row)
        nodes, weights = np.polynomial.legendre.leggauss((met.shape[1] + 1) // 2)
        rest = np.zeros(met.shape)
        for u, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            factors = self.share * (1 - u) + met * u  # above 0, since some training row met each condition
            rest += weight * factors.prod(axis=1, keepdims=True) / factors
        phi = self.value[:, None] * (met - self.share) * rest
        found = np.bincount(self.feature.ravel(), phi.ravel(), minlength=len(row) + 1)
        return found[: len(row)].astype(np.float64)

    def _met(self, row: Matrix) -> npt.NDArray[np.bool_]:
        """Which conditions a row meets, shape (leaves, d)."""
        x = np.append(row.astype(np.float64), 0.0)[self.feature]
        unknown = np.isnan(x)
        number = np.where(unknown, self.missing, (x > self.low) & (x <= self.high))
        last = self.codes.shape[1] - 1
        code = np.where(unknown, last, np.clip(np.nan_to_num(x), 0, last - 1)).astype(np.int64)
        chosen = self.codes[self.mask, np.where(self.category, code, 0)]
        return np.where(self.category, chosen, number)
