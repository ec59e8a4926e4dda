"""Rows to one float matrix. Training, serving and batch scoring all encode by the same rules.

`encode` takes columns, as tables have them; `RowEncoder` takes rows, as requests bring them, and gives equal matrices.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from churn.contract.column import Column
from churn.contract.schema import Contract

LARGEST = float(np.finfo(np.float32).max)
Matrix = npt.NDArray[np.float32]
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def encode(contract: Contract, values: Mapping[str, Sequence[Any]]) -> Matrix:
    """Encode feature columns as a matrix.

    values: for each feature a sequence of n values; None and NaN are missing.
    Returns float32 of shape (n, features): numbers as they are, booleans as 0 and 1, a category as the
    position of its level, `len(levels)` for a level never seen in training, NaN for missing.
    """
    count = len(values[contract.features[0]])
    matrix = np.empty((count, len(contract.columns)), dtype=np.float32)
    for position, column in enumerate(contract.columns):
        matrix[:, position] = codes(contract, column, values[column.name])
    return matrix


def codes(contract: Contract, column: Column, values: Sequence[Any]) -> npt.NDArray[np.float64]:
    """Encode one column: n values to (n,), in double precision and within what a float32 holds."""
    if column.kind != "category":
        cells = np.asarray(values, dtype=np.float64)
        if column.kind == "number" and (missing := numbers_among(contract.missing_words)):
            cells = np.where(np.isin(cells, missing), np.nan, cells)
        return np.clip(cells, -LARGEST, LARGEST)
    return np.fromiter(map(_Codes(contract, column).__getitem__, values), dtype=np.float64, count=len(values))


def unseen(contract: Contract, matrix: Matrix) -> int:
    """How many cells hold a category that training never saw."""
    return int((matrix >= _never_seen(contract)).sum())


class RowEncoder:
    """Encodes rows of one contract. What a column needs is looked up once, so that a single row costs little."""

    def __init__(self, contract: Contract) -> None:
        self._never_seen = _never_seen(contract)
        self._tables = [(i, _Codes(contract, c)) for i, c in enumerate(contract.columns) if c.kind == "category"]
        self._missing = numbers_among(contract.missing_words)
        self._numbers = [i for i, c in enumerate(contract.columns) if c.kind == "number"]

    def encode(self, rows: Iterable[Sequence[Any]]) -> Matrix:
        """Encode rows of one value for each feature, in the order of the contract; the matrix equals that of `encode`."""
        columns = list(zip(*rows, strict=True))
        for position, table in self._tables:
            columns[position] = tuple(map(table.__getitem__, columns[position]))
        cells = np.array(columns, dtype=np.float64)
        if self._missing:
            numbers = cells[self._numbers]
            cells[self._numbers] = np.where(np.isin(numbers, self._missing), np.nan, numbers)
        np.minimum(np.maximum(cells, -LARGEST, out=cells), LARGEST, out=cells)
        return np.ascontiguousarray(cells.T, dtype=np.float32)

    def unseen(self, matrix: Matrix) -> npt.NDArray[np.int64]:
        """For each row how many of its cells hold a category that training never saw."""
        return np.asarray((matrix >= self._never_seen).sum(axis=1))


class _Codes(dict[Any, float]):
    """The code of each level and of each text that is read as one; any other value is looked at when it comes, and not
    kept, for callers could send millions.
    """

    def __init__(self, contract: Contract, column: Column) -> None:
        self._contract = contract
        self._never_seen = float(len(column.levels))
        levels = {level: float(code) for code, level in enumerate(column.levels)}
        other = {text: levels[level] for text, level in column.read_as.items() if level in levels}
        super().__init__(other | levels)

    def __missing__(self, value: object) -> float:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return math.nan
        text = as_text(value)
        code = self.get(text)
        if code is not None:
            return code
        return math.nan if self._contract.is_missing(text) else self._never_seen


def as_text(value: object) -> str:
    """The text of a category however it was stored: 1, 1.0, "1" and "1.0" are one level."""
    if not isinstance(value, str) and isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("-").isdecimal() else text


def numbers_among(missing_words: Iterable[str]) -> list[float]:
    """Numbers that mean 'missing': params.yaml may call -999 so."""
    return [float(word) for word in missing_words if NUMBER.fullmatch(word.strip())]


def _never_seen(contract: Contract) -> Matrix:
    """For each column the code of a level never seen in training; infinite where there are no levels."""
    return np.array([len(c.levels) if c.kind == "category" else np.inf for c in contract.columns], dtype=np.float32)
