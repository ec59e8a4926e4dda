"""Shapley values of a linear model over a design: each feature's own part, compared with its mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn.contract.encode import Matrix
from churn.features import Design

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Additive:
    """coef: log-odds for one unit of each design column. mean: (columns,) mean part of each encoded column."""

    design: Design
    coef: Floats
    mean: Floats

    @property
    def base(self) -> float:
        """Expected log-odds, without the intercept."""
        return float(self.mean.sum())

    def contributions(self, row: Matrix) -> Floats:
        """Shapley values of one encoded row (columns,): exact, since no two features interact."""
        return np.asarray(parts(self.design, self.coef, row[None, :])[0] - self.mean)


def parts(design: Design, coef: Floats, matrix: Matrix) -> Floats:
    """What each encoded column adds to the log-odds: (n, columns) to (n, columns)."""
    owned = (np.array(design.owners, dtype=np.int64)[:, None] == np.arange(matrix.shape[1])).astype(np.float64)
    return np.asarray((design.transform(matrix) * coef) @ owned)
