"""Control of the false discovery rate."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def rejected(tests: Sequence[T], rate: float, p_value: Callable[[T], float]) -> list[T]:
    """The tests that stand out at the false discovery rate, smallest p-value first.

    Benjamini and Hochberg (1995): all up to the largest rank k with p(k) <= k / m * rate.
    """
    ordered = sorted(tests, key=p_value)
    step = rate / max(len(ordered), 1)
    ranks = [rank for rank, test in enumerate(ordered, 1) if p_value(test) <= rank * step]
    return ordered[: max(ranks, default=0)]
