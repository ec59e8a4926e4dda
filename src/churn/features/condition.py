"""Yes-or-no questions about one column, of which rules and interactions are made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from churn.contract import Column
from churn.contract.encode import Matrix

Test = Literal["above", "at most", "is", "is not", "missing"]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Condition:
    """A test of one encoded column against `value`: a number, or the code of a level. Missing values fail all but two tests.

    What is missing is not any level, and is missing.
    """

    column: int
    test: Test
    value: float = np.nan

    def holds(self, matrix: Matrix) -> Booleans:
        """For each encoded row (n, columns) whether it meets the condition, shape (n,)."""
        values = matrix[:, self.column]
        if self.test == "missing":
            return np.isnan(values)
        if self.test in ("above", "at most"):
            return np.asarray(values > self.value if self.test == "above" else values <= self.value)
        return np.asarray((values == self.value) == (self.test == "is"))

    def sentence(self, columns: Sequence[Column]) -> str:
        """The condition in words, such as "tenure at most 6"."""
        column = columns[self.column]
        if self.test == "missing":
            return f"{column.name} not known"
        if column.kind == "category":
            return f"{column.name} {self.test} {column.levels[int(self.value)]}"
        if column.kind == "boolean":
            return f"{column.name} is {'yes' if self.test == 'above' else 'no'}"
        return f"{column.name} {self.test} {self.value:,.6g}"


def conditions(columns: Sequence[Column], matrix: Matrix, edges: int) -> list[Condition]:
    """Every condition worth trying: each level, and each number at up to `edges` of its quantiles in `matrix`."""
    return [one for i, column in enumerate(columns) for one in _of_column(i, column, matrix[:, i], edges)]


def _of_column(i: int, column: Column, values: npt.NDArray[np.float32], edges: int) -> Iterator[Condition]:
    known = values[~np.isnan(values)]
    if column.kind == "category":
        for code in np.unique(known[known < len(column.levels)]).tolist():
            yield from (Condition(i, "is", code), Condition(i, "is not", code))
        return
    if len(known) < len(values):
        yield Condition(i, "missing")
    if len(known):
        quantiles = np.unique(np.quantile(known, np.linspace(0, 1, edges + 2), method="lower"))
        for edge in quantiles[:-1].tolist():
            yield from (Condition(i, "above", edge), Condition(i, "at most", edge))
