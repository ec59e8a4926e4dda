"""One cut of a table into folds, written for every learner to read."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from bench.quality.tables import Table


def numbered(table: Table, count: int, seed: int) -> npt.NDArray[np.int64]:
    """The fold in which each of n rows is held out, from 0; stratified, rows of one customer together."""
    fold = np.empty(len(table.rows), dtype=np.int64)
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for number, (_, held) in enumerate(splitter.split(table.matrix, table.rows.label, table.rows.group)):
        fold[held] = number
    return fold


def write(folder: Path, table: Table, fold: npt.NDArray[np.int64]) -> str:
    """Write folds.npz and contract.json. Returns a hash of what a learner is given."""
    folder.mkdir(parents=True, exist_ok=True)
    given: dict[str, Any] = {
        "matrix": table.matrix,
        "label": table.rows.label,
        "group": table.rows.group,
        "fold": fold,
        "category": np.array([column.kind == "category" for column in table.contract.columns]),
    }
    np.savez(folder / "folds.npz", **given)
    table.contract.save(folder / "contract.json")
    return hashlib.sha256(b"".join(np.ascontiguousarray(one).tobytes() for one in given.values())).hexdigest()
