"""What the windows of one model are measured against: its reference rows, counted once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.decision import Decision
from monitoring.counts import Bins, Block, Counts, Floats, count

ASKED = 200  # reference rows that are scored for each value of a column
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Matured:
    """Rows whose outcome is known; label: (n,), 1 where the customer left."""

    block: Block
    label: Labels

    def __add__(self, other: "Matured") -> "Matured":
        return Matured(self.block + other.block, np.concatenate([self.label, other.label]))


@dataclass(frozen=True, eq=False)
class Yardstick:
    """A model's contract, decision and reference rows with their outcomes; `score` gives (n,) probabilities of a matrix.

    bins: how many bins a number has at most. protected: columns whose levels are segments.
    """

    contract: Contract
    decision: Decision
    reference: Matured
    score: Callable[[Matrix], Floats]
    most_bins: int
    protected: tuple[str, ...] = ()
    seed: int = 0
    _moves: dict[int, Floats] = field(default_factory=dict)

    @cached_property
    def bins(self) -> Bins:
        """How every window is counted."""
        return Bins.of(self.contract, self.reference.block, self.most_bins)

    @cached_property
    def counts(self) -> Counts:
        """The reference, counted."""
        return count(self.bins, [self.reference.block])

    def dependence(self, position: int) -> Floats:
        """Mean probability if every customer had the value of each bin of a column; missing last (Friedman, 2001)."""
        if position not in self._moves:
            rows = np.random.default_rng(self.seed).permutation(len(self.reference.label))[:ASKED]
            values = self._values(position)
            matrix = np.repeat(self.reference.block.matrix[rows], len(values), axis=0)
            matrix[:, position] = np.tile(values, len(rows))
            self._moves[position] = self.score(matrix).reshape(len(rows), len(values)).mean(axis=0)
        return self._moves[position]

    def impact(self, position: int, before: Counts, after: Counts) -> float:
        """How far the change of one column moves the probability, on average over customers.

        The distance between the distributions of `dependence` before and after (Wasserstein): what other columns
        add to it jointly is averaged out.
        """
        moves = self.dependence(position)
        order = np.argsort(moves, kind="stable")
        shares = [counts.cells[position][order] / counts.rows for counts in (before, after)]
        distance = np.abs(np.cumsum(shares[1] - shares[0]))[:-1]
        return float((distance * np.diff(moves[order])).sum())

    def noise(self, rows: int) -> float:
        """Standard error of the mean probability of as many rows beside that of the reference."""
        probability = self.reference.block.probability
        return float(probability.std() * np.sqrt(1 / rows + 1 / len(probability)))

    def _values(self, position: int) -> npt.NDArray[np.float32]:
        edges, codes = self.bins.edges[position], self.bins.codes[position]
        if edges is None:
            return np.append(np.arange(codes), np.nan).astype(np.float32)
        largest = self.counts.spread.high[position]
        return np.array([*edges, largest, np.nan], dtype=np.float32)
