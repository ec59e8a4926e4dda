from typing import Any

import numpy as np
import pytest

from monitoring.window import as_block, as_sets, last_year, trailing
from support.companies import CONTRACT, score


class FakeBundle:
    contract = CONTRACT

    def score_matrix(self, matrix: Any) -> Any:
        return score(matrix)


BUNDLE: Any = FakeBundle()


def stored(count: int, churned: bool | None = True, first: int = 0, customer: str | None = "C") -> list[dict[str, Any]]:
    return [
        {
            "features": {"tenure": float(i), "plan": "month"},
            "probability": 0.25,
            "churned": churned,
            "customer": customer and f"{customer}{i + first}",
        }
        for i in range(count)
    ]


def test_blocks() -> None:
    """Stored predictions become encoded rows with the probability that was answered and a hash for each customer."""
    block = as_block(BUNDLE, stored(3))
    np.testing.assert_array_equal(block.matrix, [[0, 0], [1, 0], [2, 0]])
    assert block.probability.tolist() == [0.25] * 3
    assert block.customer is not None
    assert len(set(block.customer.tolist())) == 3


def test_customers_without_a_name() -> None:
    """If one customer has no name nobody is told apart."""
    assert as_block(BUNDLE, [*stored(2), *stored(1, customer=None)]).customer is None


def test_small_sets_are_joined() -> None:
    """Outcomes are joined with older ones until there are enough; what is left over waits."""
    months = [stored(60), stored(60, first=60), stored(150, first=120), stored(20, first=300)]
    sets = as_sets(BUNDLE, iter(months), 100, 3)
    assert [len(one.label) for one in sets] == [150, 120]


def test_a_customer_counts_once_in_a_set() -> None:
    """Who was asked about twice has one outcome."""
    (only,) = as_sets(BUNDLE, iter([[*stored(50), *stored(50)]]), 10, 2)
    assert len(only.label) == 50


@pytest.mark.parametrize(
    ("name", "before"), [("2026-03", "2025-03"), ("2026-03-31", "2025-03-31"), ("week 12", None), ("2026", None)]
)
def test_last_year(name: str, before: str | None) -> None:
    """The same month or day of the year before, for names that are dates."""
    assert last_year(name) == before


def test_trailing() -> None:
    """Windows at the end that were too small wait to be joined; those before a judged one do not."""
    assert trailing([("a", "insufficient"), ("b", "steady"), ("c", "insufficient"), ("d", "insufficient")]) == ["c", "d"]
    assert trailing([("a", "steady")]) == []
