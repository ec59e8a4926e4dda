"""Which columns the model relies on, and how its answer moves with each: from outside, by what it says of changed rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from churn.contract import Column, Contract
from churn.contract.encode import Matrix
from churn.evaluate.figures import losses
from churn.evaluate.slices import Judged, mean_influence, standard_error

Floats = npt.NDArray[np.float64]
Score = Callable[[Matrix], Floats]
SHUFFLES = 3
STEPS = 10  # values of a number
MOST_LEVELS = 8


@dataclass(frozen=True)
class Asked:
    """Rows to ask the model about: their encoding (n, features), what is known of them, and how it answers."""

    contract: Contract
    matrix: Matrix
    judged: Judged
    score: Score

    def sample(self, most: int, seed: int) -> "Asked":
        """At most `most` of the rows, drawn by lot."""
        drawn = np.sort(np.random.default_rng(seed).permutation(len(self.matrix))[:most])
        mask = np.isin(np.arange(len(self.matrix)), drawn)
        return Asked(self.contract, self.matrix[mask], self.judged.where(mask), self.score)


def importance(asked: Asked, level: float, seed: int) -> pd.DataFrame:
    """How much the log loss rises when the values of a column are shuffled among the rows, the largest first.

    Breiman (2001), "Random forests", and Fisher, Rudin and Dominici (2019), "All models are wrong, but many are useful".
    Columns that tell the same story share it: shuffling one leaves the other. Intervals are normal, over customers.
    """
    random, usual = np.random.default_rng(seed), _loss(asked, asked.matrix)
    rows = []
    for position, name in enumerate(asked.contract.features):
        rise = np.mean([_loss(asked, _shuffled(asked.matrix, position, random)) for _ in range(SHUFFLES)], axis=0) - usual
        rows.append({"column": name, **_interval(rise, asked.judged, level)})
    return pd.DataFrame(rows).sort_values("value", ascending=False, kind="stable", ignore_index=True)


def dependence(asked: Asked, name: str, level: float) -> pd.DataFrame:
    """Mean probability if every row had the same value in a column, for some values (Friedman, 2001, partial dependence).

    at: the value, a number or the name of a level. The interval is that of the mean over customers.
    """
    position = asked.contract.features.index(name)
    rows = []
    for code, at in _values(asked.contract.columns[position], asked.matrix[:, position]):
        matrix = asked.matrix.copy()
        matrix[:, position] = code
        rows.append({"column": name, "at": at, **_interval(asked.score(matrix), asked.judged, level)})
    return pd.DataFrame(rows)


def _values(column: Column, values: npt.NDArray[np.float32]) -> list[tuple[float, float | str]]:
    known = values[~np.isnan(values)]
    if column.kind == "number":
        grid = np.unique(np.quantile(known, np.linspace(0.02, 0.98, STEPS), method="nearest")) if len(known) else known
        return [(value, value) for value in grid.tolist()]
    codes, counts = np.unique(known, return_counts=True)
    kept = sorted(codes[np.argsort(-counts, kind="stable")[:MOST_LEVELS]].tolist())
    names = ("no", "yes") if column.kind == "boolean" else (*column.levels, "never seen")
    return [(code, names[int(code)]) for code in kept]


def _shuffled(matrix: Matrix, position: int, random: np.random.Generator) -> Matrix:
    changed = matrix.copy()
    changed[:, position] = random.permutation(changed[:, position])
    return changed


def _loss(asked: Asked, matrix: Matrix) -> Floats:
    """Log loss of each row, shape (n,)."""
    return losses(asked.judged.label, asked.score(matrix))


def _interval(values: Floats, judged: Judged, level: float) -> dict[str, float]:
    value, influence = mean_influence(values)
    half = float(norm.ppf((1 + level) / 2)) * standard_error(influence, judged.group)
    return {"value": value, "low": value - half, "high": value + half}
