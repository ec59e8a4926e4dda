"""Rows to one float matrix. Training, serving and batch scoring all call `encode`."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from churn.contract.schema import Column, Contract

LARGEST = float(np.finfo(np.float32).max)
Matrix = npt.NDArray[np.float32]


def encode(contract: Contract, values: Mapping[str, Sequence[Any]]) -> Matrix:
    """Encode feature columns as a matrix.

    values: for each feature a sequence of n values; None and NaN are missing.
    Returns float32 of shape (n, features): numbers as they are, booleans as 0 and 1, a category as the
    position of its level, `len(levels)` for a level never seen in training, NaN for missing.
    """
    count = len(values[contract.features[0]])
    matrix = np.empty((count, len(contract.columns)), dtype=np.float32)
    for position, column in enumerate(contract.columns):
        matrix[:, position] = _codes(contract, column, values[column.name])
    return matrix


def unseen(contract: Contract, matrix: Matrix) -> int:
    """How many cells hold a category that training never saw."""
    limits = [len(c.levels) if c.kind == "category" else np.inf for c in contract.columns]
    return int((matrix >= np.asarray(limits, dtype=np.float32)).sum())


def as_text(value: object) -> str:
    """The text of a category however it was stored: 1, 1.0 and "1" are one level."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _codes(contract: Contract, column: Column, values: Sequence[Any]) -> npt.NDArray[np.float64]:
    if column.kind != "category":
        return np.clip(np.asarray(values, dtype=np.float64), -LARGEST, LARGEST)
    codes: dict[str, float] = {level: float(code) for code, level in enumerate(column.levels)}
    never_seen = float(len(column.levels))
    return np.array([_code(contract, codes, never_seen, value) for value in values], dtype=np.float64)


def _code(contract: Contract, codes: Mapping[str, float], never_seen: float, value: object) -> float:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return np.nan
    text = as_text(value)
    code = codes.get(text)
    if code is not None:
        return code
    return np.nan if contract.is_missing(text) else never_seen
