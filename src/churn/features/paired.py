"""Two conditions as a pair that graph and explanations compute, and back in words."""

from collections.abc import Sequence

import numpy as np

from churn.contract import Column, Pairs
from churn.features.condition import Condition


def as_pairs(chosen: Sequence[tuple[Condition, Condition]]) -> Pairs:
    """Conditions on two columns each as what learners and graph compute."""
    columns = np.array([[one.column for one in pair] for pair in chosen], dtype=np.int64).reshape(-1, 2)
    bounds = np.array([[_bounds(one) for one in pair] for pair in chosen], dtype=np.float32).reshape(-1, 2, 2)
    missing = np.array([[one.test == "missing" for one in pair] for pair in chosen], dtype=np.bool_).reshape(-1, 2)
    return Pairs(columns, bounds[..., 0], bounds[..., 1], missing)


def in_words(pairs: Pairs, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """The two conditions of each pair, such as "tenure above 6" and "contract is monthly"."""
    return [(_condition(pairs, i, 0).sentence(columns), _condition(pairs, i, 1).sentence(columns)) for i in range(len(pairs))]


def _bounds(condition: Condition) -> tuple[float, float]:
    """Between which values it holds; none where it asks for a missing one."""
    value, around = condition.value, (condition.value - 0.5, condition.value + 0.5)
    return {"above": (value, np.inf), "at most": (-np.inf, value), "is": around, "missing": (np.inf, np.inf)}[condition.test]


def _condition(pairs: Pairs, pair: int, side: int) -> Condition:
    """The inverse of `_bounds`."""
    column, low, high = (float(part[pair, side]) for part in (pairs.columns, pairs.low, pairs.high))
    if pairs.missing[pair, side]:
        return Condition(int(column), "missing")
    if np.isinf(high):
        return Condition(int(column), "above", low)
    return Condition(int(column), "at most", high) if np.isinf(low) else Condition(int(column), "is", (low + high) / 2)
