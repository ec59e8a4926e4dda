"""Columns that follow from other columns of an encoded row, by declaration; the same in training, in batch and in the graph.

`Derived` is what the contract says of one; `Extension` computes them all in float32, one operation on whole columns each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from churn.contract.column import Column
from churn.contract.pairs import NONE, Pairs

if TYPE_CHECKING:
    from churn.contract.schema import Contract

Op = Literal["ratio", "rate", "difference", "product", "bin", "cross", "missing", "held"]
Matrix = npt.NDArray[np.float32]


class Derived(Column):
    """A column made of the columns `inputs` of the contract.

    ratio: a / b, missing where b is 0. rate: a / max(b, 1). difference: a - b. product: a * b.
    bin: the code of the interval between `edges` in which a lies, which are its levels.
    cross: the code of a pair of levels, `table[a * width + b]`, never seen where training had no such pair.
    missing: how many of the inputs are missing. held: how many of the booleans are true.
    Where an input is missing the result is, but for the two that count.
    """

    op: Op
    inputs: tuple[str, ...]
    edges: tuple[float, ...] = ()
    table: tuple[int, ...] = ()
    width: int = 0


@dataclass(frozen=True)
class Step:
    """A derived column with the places of its inputs in the encoded row."""

    derived: Derived
    at: tuple[int, ...]

    def of(self, matrix: Matrix) -> Matrix:
        """(n, features) to (n,)."""
        with np.errstate(all="ignore"):
            return OPERATIONS[self.derived.op](self.derived, matrix[:, self.at])


@dataclass(frozen=True)
class Extension:
    """Appends derived columns to encoded rows, and then the pairs that a learner found; without any it changes nothing."""

    steps: tuple[Step, ...] = ()
    pairs: Pairs = NONE

    @classmethod
    def of(cls, contract: "Contract") -> "Extension":
        """The extension that a contract declares."""
        return cls(tuple(Step(one, tuple(map(contract.features.index, one.inputs))) for one in contract.derived))

    def extend(self, matrix: Matrix) -> Matrix:
        """(n, features) to (n, features + derived + pairs), float32."""
        if self.steps:
            matrix = np.column_stack([matrix, *(step.of(matrix) for step in self.steps)]).astype(np.float32)
        return np.hstack([matrix, self.pairs.of(matrix)]) if len(self.pairs) else matrix


def _ratio(_: Derived, x: Matrix) -> Matrix:
    return _finite(x[:, 0] / x[:, 1])


def _rate(_: Derived, x: Matrix) -> Matrix:
    return _finite(x[:, 0] / np.where(x[:, 1] < 1, np.float32(1), x[:, 1]))


def _difference(_: Derived, x: Matrix) -> Matrix:
    return _finite(x[:, 0] - x[:, 1])


def _product(_: Derived, x: Matrix) -> Matrix:
    return _finite(x[:, 0] * x[:, 1])


def _finite(x: npt.NDArray[np.floating]) -> Matrix:
    """What is too large for a float32, or a division by 0, is missing."""
    return np.where(np.abs(x) < np.inf, x, np.float32(np.nan)).astype(np.float32)


def _bin(derived: Derived, x: Matrix) -> Matrix:
    above = (x > np.array(derived.edges, dtype=np.float32)).sum(axis=1).astype(np.float32)
    return np.where(np.isnan(x[:, 0]), np.float32(np.nan), above)


def _cross(derived: Derived, x: Matrix) -> Matrix:
    table = np.array(derived.table, dtype=np.float32)
    pair = x[:, 0] * np.float32(derived.width) + x[:, 1]
    place = np.clip(np.where(np.isnan(pair), np.float32(0), pair), 0, len(table) - 1).astype(np.int64)
    return np.where(np.isnan(pair), np.float32(np.nan), table[place])


def _missing(_: Derived, x: Matrix) -> Matrix:
    return np.asarray(np.isnan(x).sum(axis=1), dtype=np.float32)


def _held(_: Derived, x: Matrix) -> Matrix:
    return np.asarray((x > 0).sum(axis=1), dtype=np.float32)


OPERATIONS: dict[Op, Callable[[Derived, Matrix], Matrix]] = {
    "ratio": _ratio, "rate": _rate, "difference": _difference, "product": _product,
    "bin": _bin, "cross": _cross, "missing": _missing, "held": _held,
}  # fmt: skip
