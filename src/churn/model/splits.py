"""Folds in which the rows of a customer stay together."""

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

Rows = npt.NDArray[np.int64]
Groups = npt.NDArray[np.uint64]
Splits = list[tuple[Rows, Rows]]


def splits(label: npt.NDArray[np.int64], group: Groups | None, count: int, seed: int) -> Splits:
    """Pairs of row positions, to learn from and to judge on; every row judges once.

    label: (n,). group: (n,) equal for rows of one customer, None where each row is one.
    """
    if group is None or len(np.unique(group)) == len(group):
        return list(StratifiedKFold(count, shuffle=True, random_state=seed).split(label, label))
    return list(StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(label, label, group))
