import pytest

from monitoring.window import as_sets, last_year, trailing
from support.companies import outcomes, rows


def test_small_sets_are_joined() -> None:
    """Outcomes are joined with older ones until there are enough; what is left over waits."""
    months = [outcomes(rows(count, 1, first), 2) for count, first in ((60, 0), (60, 60), (150, 120), (20, 300))]
    assert [len(one.label) for one in as_sets(iter(months), 100, 3)] == [150, 120]


def test_a_customer_counts_once_in_a_set() -> None:
    """Who was asked about twice has one outcome."""
    known = outcomes(rows(50, 1), 2)
    (only,) = as_sets(iter([known + known]), 10, 2)
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
