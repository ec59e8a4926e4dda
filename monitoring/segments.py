"""The parts of the customers that are followed on their own: levels of protected columns and the largest others."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn.contract.encode import Matrix
from monitoring.counts import Block
from monitoring.figures import Segment
from monitoring.yardstick import Matured, Yardstick

MOST_OF_ALL = 0.9  # of the customers: a larger level is hardly a part


class Part(NamedTuple):
    """One level of one column of the encoded matrix."""

    position: int
    code: int
    column: str
    level: str

    @property
    def name(self) -> str:
        """As a person reads it."""
        return f"{self.column} = {self.level}"

    def of(self, matrix: Matrix) -> npt.NDArray[np.bool_]:
        """Which rows belong to it, shape (n,)."""
        return np.asarray(matrix[:, self.position] == self.code)


def parts(yardstick: Yardstick, most: int) -> list[Part]:
    """Every level of the protected columns, and the `most` levels of others that hold most of the reference."""
    protected, others = [], []
    for position, column in enumerate(yardstick.contract.columns):
        names = {"category": column.levels, "boolean": ("no", "yes")}.get(column.kind, ())
        for code, level in enumerate(names):
            part = Part(position, code, column.name, level)
            share = yardstick.counts.cells[position][code] / yardstick.counts.rows
            if column.name in yardstick.protected:
                protected.append(part)
            elif 0 < share <= MOST_OF_ALL:
                others.append((share, part))
    largest = sorted(others, key=lambda one: (-one[0], one[1].position, one[1].code))[:most]
    return [*protected, *(part for _, part in largest)]


def followed(chosen: Sequence[Part], window: Block, matured: Matured | None) -> tuple[Segment, ...]:
    """The figures of each part; outcomes are those of `matured`."""
    return tuple(_segment(part, window, matured) for part in chosen)


def _segment(part: Part, window: Block, matured: Matured | None) -> Segment:
    mask = part.of(window.matrix)
    predicted = float(window.probability[mask].mean()) if mask.any() else 0.0
    label = matured.label[part.of(matured.block.matrix)] if matured else np.empty(0)
    observed = float(label.mean()) if len(label) else None
    return Segment(part.column, part.level, int(mask.sum()), predicted, len(label), observed)
