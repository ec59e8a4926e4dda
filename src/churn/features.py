"""Features derived from the encoded matrix: a fixed, fitted design that an ONNX graph can repeat bit for bit.

Every operation works in float32 on one column, so that training and serving agree to the last bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn.contract import Contract
from churn.contract.encode import Matrix

FARTHEST = 10.0  # standard deviations
Columns = list[int]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Design:
    """Four blocks, side by side in this order.

    values: (x - shift) / scale of the columns in `value`, missing replaced by `fill` (NaN keeps it missing), and
    no further from 0 than `limit`, so that an absurd number cannot outweigh everything else.
    above: 1 where column `above[i]` exceeds `edges[i]`. missing: 1 where column `missing[i]` is missing.
    equals: 1 where column `equals[i]` has the code `codes[i]`.
    """

    value: Columns
    shift: Floats
    scale: Floats
    fill: Floats
    limit: float
    above: Columns
    edges: Floats
    missing: Columns
    equals: Columns
    codes: Floats

    def transform(self, matrix: Matrix) -> Matrix:
        """(n, contract features) to (n, design columns), both float32."""
        values = matrix[:, self.value]
        values = np.where(np.isnan(values), self.fill, values)
        with np.errstate(over="ignore"):
            values = np.clip((values - self.shift) / self.scale, np.float32(-self.limit), np.float32(self.limit))
        blocks = [
            values,
            matrix[:, self.above] > self.edges,
            np.isnan(matrix[:, self.missing]),
            matrix[:, self.equals] == self.codes,
        ]
        return np.concatenate([block.astype(np.float32) for block in blocks], axis=1)


def one_hot(contract: Contract, matrix: Matrix) -> Design:
    """Numbers as they are, missing kept; one column for each level. What trees need.

    A column without any value in `matrix`, the encoded training rows, is left out: trees cannot bin it.
    """
    value = [i for i, c in enumerate(contract.columns) if c.kind != "category" and not np.isnan(matrix[:, i]).all()]
    equals, codes = _levels(contract)
    zero, one, nan = (np.full(len(value), v, dtype=np.float32) for v in (0.0, 1.0, np.nan))
    return Design(value, zero, one, nan, np.inf, [], _floats([]), [], equals, codes)


def stepped(contract: Contract, matrix: Matrix, bins: int) -> Design:
    """Standardised numbers with a step at each quantile, missing indicators, one-hot levels.

    What a linear model needs to follow a curve. Fitted on `matrix`, the encoded training rows.
    """
    value = [i for i, column in enumerate(contract.columns) if column.kind != "category"]
    known = [matrix[~np.isnan(matrix[:, i]), i].astype(np.float64) for i in value]
    mean = _floats([column.mean() if len(column) else 0.0 for column in known])
    scale = _floats([(column.std() if len(column) else 0.0) or 1.0 for column in known])
    steps = [(i, edge) for i, column in zip(value, known, strict=True) for edge in _edges(column, bins)]
    missing = [i for i, column in enumerate(contract.columns) if column.nullable]
    equals, codes = _levels(contract)
    above, edges = [i for i, _ in steps], _floats([edge for _, edge in steps])
    return Design(value, mean, scale, mean, FARTHEST, above, edges, missing, equals, codes)


def _edges(column: npt.NDArray[np.float64], bins: int) -> Iterator[float]:
    if not len(column):
        return
    quantiles = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1), method="lower"))
    yield from quantiles[:-1]


def _levels(contract: Contract) -> tuple[Columns, Floats]:
    pairs = [
        (i, code)
        for i, column in enumerate(contract.columns)
        if column.kind == "category"
        for code in range(len(column.levels))
    ]
    return [i for i, _ in pairs], _floats([code for _, code in pairs])


def _floats(values: list[float] | list[int]) -> Floats:
    return np.asarray(values, dtype=np.float32)
