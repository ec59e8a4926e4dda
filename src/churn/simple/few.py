"""A logistic regression on the few columns that say most."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.features import Design
from churn.features.recipes import stepped
from churn.params import FewColumns

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
GROUPS = 10  # of the values of a number


def fit_few(contract: Contract, matrix: Matrix, label: Labels, knobs: FewColumns) -> tuple[Design, LogisticRegression]:
    """Add the column that explains most of what is left, until there are `knobs.columns` of them.

    matrix: encoded rows (n, features). Returns the design of the chosen columns and the regression on it.
    """
    whole, groups = stepped(contract.columns, matrix, knobs.bins), _groups(contract, matrix)
    chosen: list[int] = []
    probability = np.full(len(label), label.mean())
    for _ in range(min(knobs.columns, len(groups))):
        gains = [-1.0 if i in chosen else _gain(group, label, probability) for i, group in enumerate(groups)]
        chosen.append(int(np.argmax(gains)))
        design = whole.only(chosen)
        wide = design.transform(matrix).astype(np.float64)
        estimator = LogisticRegression(C=knobs.c, max_iter=2000).fit(wide, label)
        probability = expit(estimator.decision_function(wide))
    return design, estimator


def _groups(contract: Contract, matrix: Matrix) -> list[npt.NDArray[np.int64]]:
    """For each column a group for each row: its level, its decile, or missing."""
    return [_group(matrix[:, i], column.kind == "category") for i, column in enumerate(contract.columns)]


def _group(values: npt.NDArray[np.float32], levels: bool) -> npt.NDArray[np.int64]:
    known = values[~np.isnan(values)]
    if levels or not len(known):
        return np.nan_to_num(values, nan=-1).astype(np.int64) + 1
    edges = np.unique(np.quantile(known, np.linspace(0, 1, GROUPS + 1)[1:-1]))
    return np.where(np.isnan(values), 0, np.searchsorted(edges, values, side="left") + 1)


def _gain(group: npt.NDArray[np.int64], label: Labels, probability: Floats) -> float:
    """Score statistic of one constant for each group, given what is predicted already (Rao, 1948), less its expectation."""
    residual = np.bincount(group, label - probability)
    variance = np.bincount(group, probability * (1 - probability))
    seen = variance > 0
    return float((residual[seen] ** 2 / variance[seen]).sum() - seen.sum())
