"""From a store to the figures of a window."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from churn.bundle.open import Reference
from churn.store import Outcome, Prediction, Store, Window
from pipelines.observed import known_windows, observe
from support.companies import CONTRACT, DECISION, outcomes, rows, score
from support.policy import params

START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeBundle:
    """A bundle of the small company."""

    contract, decision = CONTRACT, DECISION

    def reference(self) -> Reference:
        known = outcomes(rows(1500, 1, first=10**6), 2)
        return Reference(as_rows(known.block.matrix), known.label, known.block.probability, np.arange(1500))

    def score_matrix(self, matrix: Any) -> Any:
        return score(matrix)


BUNDLE: Any = FakeBundle()


def as_rows(matrix: Any) -> list[dict[str, Any]]:
    return [{"tenure": float(tenure), "plan": CONTRACT.columns[1].levels[int(plan)]} for tenure, plan in matrix]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.create()
    yield store
    store.close()


def month(store: Store, number: int, count: int, *, known: bool = False, version: str = "1") -> str:
    """Log a month of predictions, and what became of the customers if it is known."""
    name, block = f"2026-{number:02d}", rows(count, number, first=10_000 * number)
    time = START + timedelta(days=30 * number)
    features = as_rows(block.matrix)
    store.log(
        [
            Prediction(f"{name}-{version}-{i}", time, name, f"C{number}-{i}", features[i], float(p), False, version, "data")
            for i, p in enumerate(block.probability)
        ]
    )
    if known:
        left = outcomes(block, number).label
        store.add_outcomes([Outcome(f"{name}-{version}-{i}", bool(one)) for i, one in enumerate(left)])
    return name


def look(store: Store, snapshot: str, state: str, version: str = "1") -> Any:
    """Measure a snapshot and keep it as judged so."""
    found = observe(store, BUNDLE, version, snapshot, params())
    store.add_window(Window(snapshot, version, state, found.figures.to_json()))
    return found.figures


def test_small_windows_wait_and_are_joined(store: Store) -> None:
    """A window that was too small is joined with the next, and none of its rows is lost; once judged it stays behind."""
    assert look(store, month(store, 1, 200), "insufficient").comparisons == ()
    figures = look(store, month(store, 2, 200), "steady")
    assert (figures.rows, bool(figures.comparisons)) == (400, True)
    assert look(store, month(store, 3, 350), "steady").rows == 350


def test_windows_in_a_row_are_tested_as_one(store: Store) -> None:
    """The first window has nothing to be joined with; a broken one is passed over."""
    first = look(store, month(store, 1, 400), "steady")
    look(store, month(store, 2, 400), "broken")
    third = look(store, month(store, 3, 400), "steady")
    assert {one.joined for one in first.comparisons} == {None}
    assert all(one.joined is not None for one in third.comparisons if one.kind == "distribution")


def test_outcomes_of_broken_feeds_judge_nobody(store: Store) -> None:
    """The newest outcomes are those of the newest month in order."""
    look(store, month(store, 1, 400, known=True), "steady")
    look(store, month(store, 2, 450, known=True), "broken")
    figures = look(store, month(store, 3, 400), "steady")
    assert figures.outcomes == 400
    assert figures.promise("auc") is not None


def test_a_new_champion_starts_afresh(store: Store) -> None:
    """Windows and outcomes of another version say nothing about this one."""
    look(store, month(store, 1, 400, known=True), "steady")
    figures = look(store, month(store, 2, 400, version="2"), "steady", version="2")
    assert (figures.outcomes, {one.joined for one in figures.comparisons}) == (0, {None})


def test_a_window_that_is_judged_again_knows_those_before_it_only(store: Store) -> None:
    """Judged again after later ones, a window is complete and has the same past."""
    for number in (1, 2, 3):
        look(store, month(store, number, 400), "steady")
    assert [figures.snapshot for _, figures in known_windows(store, "1", "2026-02")] == ["2026-01"]
    assert [observe(store, BUNDLE, "1", name, params()).figures.complete for name in ("2026-02", "2026-03")] == [True, False]


def test_last_year_is_a_second_reference(store: Store) -> None:
    """The same month of last year is found under its name, whichever version answered then."""
    block = rows(400, 5, first=0)
    shifted = as_rows(np.column_stack([block.matrix[:, 0] + 1, block.matrix[:, 1]]))
    for name, time, version in (("2025-03", START, "0"), ("2026-03", START + timedelta(days=90), "1")):
        made = [
            Prediction(f"{name}-{i}", time, name, f"{name}-{i}", row, 0.2, False, version, "data")
            for i, row in enumerate(shifted)
        ]
        store.log(made)
    figures = observe(store, BUNDLE, "1", "2026-03", params()).figures
    (tenure,) = (one for one in figures.comparisons if one.key == ("distribution", "tenure"))
    assert tenure.p_value > 0.05
    alone = params()
    policy = alone.monitoring.model_copy(update={"season": False})
    figures = observe(store, BUNDLE, "1", "2026-03", alone.model_copy(update={"monitoring": policy})).figures
    (tenure,) = (one for one in figures.comparisons if one.key == ("distribution", "tenure"))
    assert tenure.p_value < 1e-6
