"""A fixed, fitted design: the same operations in numpy, in the ONNX graph and in explanations.

Every operation works in float32 on one column, so that training and serving agree to the last bit.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from churn.contract.encode import Matrix

Columns = list[int]
Floats = npt.NDArray[np.float32]


def _none() -> Floats:
    return np.array([], dtype=np.float32)


def _no_tables() -> Floats:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True)
class Design:
    """Six blocks, side by side in this order; a block without columns is absent.

    values: (x - shift) / scale of the columns in `value`, missing replaced by `fill` (NaN keeps it missing), and
    between `low` and `high`, so that an absurd number cannot outweigh everything else.
    encoded: what `tables[i]` holds for the code of column `encoded[i]`, in its last place for missing.
    bends: how far column `bend[i]` exceeds `knots[i]`, divided by `slack[i]`, between 0 (also where missing) and `far[i]`.
    above: 1 where column `above[i]` exceeds `edges[i]`. missing: 1 where column `missing[i]` is missing.
    equals: 1 where column `equals[i]` has the code `codes[i]`.
    """

    value: Columns = field(default_factory=list)
    shift: Floats = field(default_factory=_none)
    scale: Floats = field(default_factory=_none)
    fill: Floats = field(default_factory=_none)
    low: Floats = field(default_factory=_none)
    high: Floats = field(default_factory=_none)
    encoded: Columns = field(default_factory=list)
    tables: Floats = field(default_factory=_no_tables)
    bend: Columns = field(default_factory=list)
    knots: Floats = field(default_factory=_none)
    slack: Floats = field(default_factory=_none)
    far: Floats = field(default_factory=_none)
    above: Columns = field(default_factory=list)
    edges: Floats = field(default_factory=_none)
    missing: Columns = field(default_factory=list)
    equals: Columns = field(default_factory=list)
    codes: Floats = field(default_factory=_none)

    @property
    def owners(self) -> Columns:
        """The encoded column that each column of the design is made of."""
        return [*self.value, *self.encoded, *self.bend, *self.above, *self.missing, *self.equals]

    def transform(self, matrix: Matrix) -> Matrix:
        """(n, features) to (n, design columns), both float32."""
        blocks = [
            self._values(matrix),
            self._encoded(matrix),
            self._bends(matrix),
            matrix[:, self.above] > self.edges,
            np.isnan(matrix[:, self.missing]),
            matrix[:, self.equals] == self.codes,
        ]
        return np.concatenate([block.astype(np.float32) for block in blocks], axis=1)

    def only(self, columns: Columns) -> "Design":
        """The part that reads the given encoded columns."""
        parts: dict[str, Any] = {}
        for block, arrays in BLOCKS.items():
            owners = getattr(self, block)
            kept = np.flatnonzero(np.isin(owners, columns))
            parts[block] = [owners[i] for i in kept]
            parts |= {name: getattr(self, name)[kept] for name in arrays}
        return replace(self, **parts)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Every field as an array."""
        return {one.name: np.asarray(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> "Design":
        """The inverse of `to_arrays`."""
        positions = {block: arrays[block].astype(int).tolist() for block in BLOCKS}
        return cls(**(arrays | positions))

    def _values(self, matrix: Matrix) -> Matrix:
        values = matrix[:, self.value]
        values = np.where(np.isnan(values), self.fill, values)
        with np.errstate(over="ignore"):
            return np.asarray(np.clip((values - self.shift) / self.scale, self.low, self.high))

    def _encoded(self, matrix: Matrix) -> Matrix:
        if not self.encoded:
            return np.zeros((len(matrix), 0), dtype=np.float32)
        last = self.tables.shape[1] - 1
        codes = matrix[:, self.encoded]
        places = np.clip(np.where(np.isnan(codes), np.float32(last), codes), 0, last).astype(np.int64)
        return np.asarray(self.tables[np.arange(len(self.encoded)), places])

    def _bends(self, matrix: Matrix) -> Matrix:
        with np.errstate(over="ignore", invalid="ignore"):
            beyond = (matrix[:, self.bend] - self.knots) / self.slack
        return np.asarray(np.clip(np.where(np.isnan(beyond), np.float32(0), beyond), np.float32(0), self.far))


BLOCKS = {
    "value": ("shift", "scale", "fill", "low", "high"),
    "encoded": ("tables",),
    "bend": ("knots", "slack", "far"),
    "above": ("edges",),
    "missing": (),
    "equals": ("codes",),
}  # and the arrays that have a row for each of their columns
