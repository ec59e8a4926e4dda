"""Interactions of two columns, as columns of their own: computed alike in training, in the graph and in explanations."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pairs:
    """Each pair has two conditions and is a column that is 1 where both hold or neither does, else 0.

    columns: (pairs, 2) places in the encoded row with its derived columns. A condition holds where low < x <= high, or
    where x is missing if `missing`, each (pairs, 2); that a category has a code is such an interval around the code.
    """

    columns: npt.NDArray[np.int64]
    low: Matrix
    high: Matrix
    missing: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def key(self) -> bytes:
        """Equal for equal pairs."""
        return b"".join(array.tobytes() for array in (self.columns, self.low, self.high, self.missing))

    def of(self, matrix: Matrix) -> Matrix:
        """(n, columns) to (n, pairs)."""
        x = matrix[:, self.columns]
        holds = np.where(np.isnan(x), self.missing, (x > self.low) & (x <= self.high))
        return np.asarray(holds[..., 0] == holds[..., 1], dtype=np.float32)

    def shared(self, parts: npt.NDArray[np.float64], columns: int) -> npt.NDArray[np.float64]:
        """What columns and pairs contribute, (columns + pairs,), with each pair's part halved between its two columns."""
        found = parts[:columns].copy()
        np.add.at(found, self.columns, parts[columns:, None] / 2)
        return found


_NO_BOUNDS = np.zeros((0, 2), dtype=np.float32)
NONE = Pairs(_NO_BOUNDS.astype(np.int64), _NO_BOUNDS, _NO_BOUNDS, _NO_BOUNDS.astype(np.bool_))
