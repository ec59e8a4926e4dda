"""What a window holds, as counts: they add up over blocks of rows, so that no table need fit into memory.

Each column of the encoded matrix has bins: the levels of a category, the two values of a flag, intervals between
quantiles of the reference for a number. The predicted probability is counted as one more column, the last.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from churn.contract import Contract
from churn.contract.encode import Matrix

Floats = npt.NDArray[np.float64]
Counted = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
THREADS = 2
KEPT_KEYS = 400  # smallest hashes of customers that are kept: the shared share of two windows within 5 points
MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True)
class Block:
    """Rows of a window as arrays.

    matrix: (n, features) encoded. probability: (n,) as predicted. customer: (n,) hashes, None where nobody has an id.
    """

    matrix: Matrix
    probability: Floats
    customer: Keys | None = None

    def __add__(self, other: "Block") -> "Block":
        named = self.customer is not None and other.customer is not None
        customer = np.concatenate([self.customer, other.customer]) if named else None
        probability = np.concatenate([self.probability, other.probability])
        return Block(np.concatenate([self.matrix, other.matrix]), probability, customer)

    def where(self, rows: npt.NDArray[Any]) -> "Block":
        """Some of the rows."""
        return Block(self.matrix[rows], self.probability[rows], None if self.customer is None else self.customer[rows])


@dataclass(frozen=True)
class Bins:
    """How values are counted: for a number the inner edges of its intervals (left open), else the number of codes."""

    edges: tuple[Floats | None, ...]
    codes: tuple[int, ...]

    @classmethod
    def of(cls, contract: Contract, reference: Block, most: int) -> "Bins":
        """Bins of equal mass in the reference, one for each value where there are few."""
        kinds = [column.kind for column in contract.columns]
        edges = [_edges(reference.matrix[:, i], most) if kind == "number" else None for i, kind in enumerate(kinds)]
        codes = [_codes(column.kind, len(column.levels)) for column in contract.columns]
        return cls((*edges, _edges(reference.probability, most)), (*codes, 0))

    def sizes(self) -> list[int]:
        """How many bins each column has, without the one for missing values."""
        return [codes if edges is None else len(edges) + 1 for edges, codes in zip(self.edges, self.codes, strict=True)]


@dataclass(frozen=True)
class Spread:
    """Of the values of each column that are known (k,): how many are not 0, sums, and the ends of the range.

    logs: sum of ln |x| over values that are not 0, which a change of unit shifts by its logarithm.
    """

    filled: Floats
    total: Floats
    squares: Floats
    logs: Floats
    low: Floats
    high: Floats

    def __add__(self, other: "Spread") -> "Spread":
        filled, total = self.filled + other.filled, self.total + other.total
        squares, logs = self.squares + other.squares, self.logs + other.logs
        return Spread(filled, total, squares, logs, np.fmin(self.low, other.low), np.fmax(self.high, other.high))


@dataclass(frozen=True)
class Counts:
    """cells: for each column the rows in each of its bins, missing values last. rows: of the window.

    repeated: rows that came besides them and repeat another one. keys: the smallest hashes of the customers, empty
    without ids.
    """

    rows: int
    cells: tuple[Counted, ...]
    spread: Spread
    repeated: int = 0
    keys: Keys = field(default_factory=lambda: np.empty(0, np.uint64))

    def __add__(self, other: "Counts") -> "Counts":
        cells = tuple(one + two for one, two in zip(self.cells, other.cells, strict=True))
        keys = np.union1d(self.keys, other.keys)[:KEPT_KEYS]
        return Counts(self.rows + other.rows, cells, self.spread + other.spread, self.repeated + other.repeated, keys)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        spread = {name: values.tolist() for name, values in vars(self.spread).items()}
        cells = [cell.tolist() for cell in self.cells]
        return {"rows": self.rows, "cells": cells, "spread": spread, "repeated": self.repeated, "keys": self.keys.tolist()}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "Counts":
        """The inverse of `to_json`; the end of an empty range went through JSON as null."""
        spread = Spread(**{name: np.array(values, dtype=np.float64) for name, values in record["spread"].items()})
        cells = tuple(np.array(cell, dtype=np.int64) for cell in record["cells"])
        return cls(record["rows"], cells, spread, record["repeated"], np.array(record["keys"], dtype=np.uint64))


def count(bins: Bins, blocks: Iterable[Block]) -> Counts:
    """Count rows block by block."""
    return reduce(add, (_count(bins, block) for block in blocks))


def latest(block: Block) -> Rows:
    """Which rows are the last of their customer, in order; all where nobody has an id."""
    if block.customer is None:
        return np.arange(len(block.matrix))
    _, last = np.unique(block.customer[::-1], return_index=True)
    return np.sort(len(block.matrix) - 1 - last)


def repeats(block: Block) -> int:
    """How many rows are the same as one before them, customer and all."""
    return len(block.matrix) - len(np.unique(row_hashes(block)))


def shared_share(windows: Sequence[Counts]) -> float:
    """Distinct customers of some windows over their rows, 1 if nobody comes twice.

    Estimated from the smallest hashes of the union (Bar-Yossef et al., 2002). Without ids nobody can tell: as if each
    window had the same customers.
    """
    rows = [window.rows for window in windows]
    if any(not len(window.keys) for window in windows):
        return max(rows) / sum(rows)
    union = np.unique(np.concatenate([window.keys for window in windows]))[:KEPT_KEYS]
    if len(union) < KEPT_KEYS:
        return len(union) / sum(rows)
    largest = union[-1]
    held = [np.searchsorted(window.keys, largest, side="right") for window in windows]
    return float(len(union) / sum(held))


def row_hashes(block: Block) -> Keys:
    """A hash of each row and its customer, shape (n,)."""
    hashes = np.zeros(len(block.matrix), np.uint64) if block.customer is None else block.customer.astype(np.uint64)
    with np.errstate(over="ignore"):
        for column in block.matrix.T:
            hashes = (hashes ^ np.ascontiguousarray(column).view(np.uint32)) * MIX[0]
            hashes ^= hashes >> np.uint64(29)
    return hashes


def customer_hashes(values: npt.NDArray[np.int64]) -> Keys:
    """Whole numbers spread evenly over 53 bits, which JSON carries exactly (the finalizer of Steele et al., 2014)."""
    with np.errstate(over="ignore"):
        hashes = values.astype(np.uint64) * MIX[0] + MIX[0]
        hashes = (hashes ^ (hashes >> np.uint64(30))) * MIX[1]
        hashes = (hashes ^ (hashes >> np.uint64(27))) * MIX[2]
    return np.asarray((hashes ^ (hashes >> np.uint64(31))) >> np.uint64(11))


def _count(bins: Bins, block: Block) -> Counts:
    columns = [*block.matrix.T, block.probability]
    with ThreadPoolExecutor(THREADS) as pool:  # NumPy lets go of the interpreter while it sorts and adds up
        found = list(pool.map(_column, columns, bins.edges, bins.sizes()))
    keys = np.empty(0, np.uint64) if block.customer is None else np.unique(block.customer)[:KEPT_KEYS]
    spread = Spread(*np.array([one for _, one in found], dtype=np.float64).T)
    return Counts(len(block.matrix), tuple(cells for cells, _ in found), spread, 0, keys)


def _column(values: npt.NDArray[Any], edges: Floats | None, size: int) -> tuple[Counted, tuple[float, ...]]:
    """The rows in each bin, and the fields of `Spread`, of one column."""
    known = values[~np.isnan(values)]
    places = np.searchsorted(edges, known) if edges is not None else np.clip(known.astype(np.int64), 0, size - 1)
    cells = np.append(np.bincount(places, minlength=size), len(values) - len(known))
    known = known.astype(np.float64)
    sizes = np.abs(known[known != 0])
    ends = (known.min(), known.max()) if len(known) else (np.nan, np.nan)
    return cells, (len(sizes), known.sum(), (known**2).sum(), np.log(sizes).sum(), *ends)


def _codes(kind: str, levels: int) -> int:
    """A category has one code more than levels, for those never seen."""
    return {"category": levels + 1, "boolean": 2}.get(kind, 0)


def _edges(values: npt.NDArray[Any], most: int) -> Floats:
    """The largest value of each bin but the last."""
    known = values[~np.isnan(values)].astype(np.float64)
    if not len(known):
        return np.empty(0)
    distinct = np.unique(known)
    if len(distinct) > most:
        distinct = np.unique(np.quantile(known, np.linspace(0, 1, most + 1)[1:], method="inverted_cdf"))
    return np.asarray(distinct[:-1])
