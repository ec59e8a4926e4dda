from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from churn.params import Monitoring
from monitoring.counts import Block, count, shared_share
from monitoring.figures import Comparison, Figures
from monitoring.measure import Past, measure
from monitoring.verdict import Verdict, judge
from monitoring.yardstick import Matured, Yardstick
from support.companies import CONTRACT, outcomes, rows, score, yardstick
from support.policy import monitoring

POLICY = monitoring()
Change = Callable[[Block], Block]


@pytest.fixture(scope="module")
def usual() -> Yardstick:
    return yardstick()


def changed(block: Block, column: int, values: Any) -> Block:
    matrix = block.matrix.copy()
    matrix[:, column] = values
    return Block(matrix, score(matrix), block.customer)


def live(usual: Yardstick, *windows: Block, policy: Monitoring = POLICY, **past: Any) -> tuple[Figures, Verdict]:
    """Windows one after the other; the figures of the last and the verdict on it."""
    figures: list[Figures] = []
    for i, window in enumerate(windows):
        known = Past([one.counts for one in figures if one.counts], **past)
        figures.append(measure(usual, f"2026-{i + 1:02d}", window, known, policy))
    return figures[-1], judge(figures, policy)


def calm(seed: int, count: int = 600) -> Block:
    return rows(count, seed, first=10_000 * seed)


def test_counts_add_up(usual: Yardstick) -> None:
    """Blocks counted one by one and added are the whole, whatever the blocks."""
    whole = calm(3)
    parts = [whole.where(part) for part in np.array_split(np.arange(600), 7)]
    one, many = count(usual.bins, [whole]), count(usual.bins, parts)
    for a, b in zip(one.cells, many.cells, strict=True):
        np.testing.assert_array_equal(a, b)
    for name, values in vars(one.spread).items():
        np.testing.assert_allclose(values, getattr(many.spread, name))
    np.testing.assert_array_equal(one.keys, many.keys)


@pytest.mark.parametrize("shared", [0, 300, 600])
def test_shared_customers(usual: Yardstick, shared: int) -> None:
    """How many customers two windows share is known within a few points from their smallest hashes."""
    one, other = rows(600, 3, first=0), rows(600, 4, first=600 - shared)
    estimate = shared_share([count(usual.bins, [block]) for block in (one, other)])
    assert estimate == pytest.approx((1200 - shared) / 1200, abs=0.05)


def test_the_same_customers_are_no_second_sample(usual: Yardstick) -> None:
    """Two windows of the same customers are no stronger as one than each is alone."""
    same = rows(600, 8, first=0)
    figures, _ = live(usual, same, same)
    for one in figures.comparisons:
        assert one.joined == pytest.approx(one.p_value, rel=0.5, abs=0.02) or one.kind == "together"


def test_steady(usual: Yardstick) -> None:
    """Customers like those of the reference are steady, and the estimate is near the AUC that was promised."""
    figures, verdict = live(usual, calm(3), calm(4), matured=[outcomes(calm(2), 5)], looks=1)
    auc = figures.promise("auc")
    assert verdict.state == "steady"
    assert figures.estimate is not None
    assert auc is not None
    assert figures.estimate.low < auc.promised.value < figures.estimate.high


def test_a_column_that_the_model_uses(usual: Yardstick) -> None:
    """A shift of a column that moves the score drifts in two windows and retrains."""
    _, verdict = live(usual, *(changed(calm(i), 0, calm(i).matrix[:, 0] + 0.5) for i in (3, 4)))
    assert (verdict.state, verdict.retrain) == ("drifted", True)
    assert "tenure" in verdict.columns


def test_a_column_that_the_model_ignores() -> None:
    """A shift that moves no score is told and not acted on."""
    blind = yardstick()
    matrix = blind.reference.block.matrix
    ignoring = Yardstick(CONTRACT, blind.decision, Matured(Block(matrix, by_plan(matrix)), blind.reference.label), by_plan, 64)
    windows = [changed(calm(i), 0, calm(i).matrix[:, 0] + 0.5) for i in (3, 4)]
    _, verdict = live(ignoring, *(Block(one.matrix, by_plan(one.matrix), one.customer) for one in windows))
    assert (verdict.state, verdict.retrain, verdict.columns) == ("drifted", False, ("tenure",))


def by_plan(matrix: Any) -> Any:
    return np.where(matrix[:, 1] == 0, 0.4, 0.2).astype(np.float64)


def test_columns_that_move_only_together(usual: Yardstick) -> None:
    """Two columns that each keep their distribution and become dependent are seen by the test of all columns."""
    random = np.random.default_rng(3)
    before, after = (Block(m, score(m)) for m in (_pairs(random, 3000, 0.0), _pairs(random, 1500, 0.7)))
    contract = CONTRACT.model_copy(
        update={"columns": (CONTRACT.columns[0], CONTRACT.columns[0].model_copy(update={"name": "age"}))}
    )
    two = Yardstick(contract, usual.decision, outcomes(before, 4), score, 64)
    found = {one.kind: one for one in measure(two, "2026-01", after, Past(), POLICY).comparisons if one.kind == "together"}
    assert found["together"].p_value < 1e-6


def _pairs(random: np.random.Generator, many: int, correlation: float) -> Any:
    return random.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], many).astype(np.float32)


@pytest.mark.parametrize(
    ("fault", "change", "column"),
    [
        ("missing", lambda b: changed(b, 0, np.where(np.arange(600) % 5 == 0, np.nan, b.matrix[:, 0])), "tenure"),
        ("unit", lambda b: changed(b, 0, b.matrix[:, 0] * 100), "tenure"),
        ("unit", lambda b: changed(b, 0, np.where(np.arange(600) % 4 == 0, 100, 1) * b.matrix[:, 0]), "tenure"),
        ("renamed", lambda b: changed(b, 1, np.where(b.matrix[:, 1] == 1, 2, 0)), "plan"),
        ("lost", lambda b: changed(b, 1, 0), "plan"),
        ("constant", lambda b: changed(b, 0, 1.0), "tenure"),
        ("repeated", lambda b: b.where(np.r_[0:600, 0:300]), "all rows"),
        ("absent", lambda b: b.where(np.arange(299)), "all rows"),
    ],
)  # fmt: skip
def test_faults(usual: Yardstick, fault: str, change: Change, column: str) -> None:
    """Every kind of broken feed is called broken at once, with the column."""
    policy = monitoring(min_rows=250)
    figures, verdict = live(usual, calm(3), calm(4), change(calm(5)), policy=policy, complete=True)
    assert verdict.state == "broken", figures.signs
    assert column in verdict.columns
    assert fault in {sign.fault for sign in figures.signs}


def test_a_new_segment_is_no_broken_feed(usual: Yardstick) -> None:
    """A new level that takes its share from all others is drift; nothing was renamed."""
    windows = [changed(b, 1, np.where(np.arange(600) % 6 == 0, 2, b.matrix[:, 1])) for b in (calm(3), calm(4))]
    _, verdict = live(usual, *windows)
    assert (verdict.state, "plan" in verdict.columns) == ("drifted", True)


def test_asking_often_is_not_a_broken_feed(usual: Yardstick) -> None:
    """A company that always asks for its customers twice repeats no feed, and each customer counts once."""
    windows = [calm(i).where(np.r_[0:600, 0:600]) for i in (3, 4, 5)]
    figures, verdict = live(usual, *windows)
    assert (figures.rows, verdict.state) == (600, "steady")


def test_behaviour_changes_and_inputs_stay(usual: Yardstick) -> None:
    """Outcomes that no longer follow the scores are decayed, though no column moves and the estimate sees nothing."""
    known = [outcomes(calm(i), i, shift=0.8) for i in (6, 7)]
    figures, verdict = live(usual, calm(3), calm(4), matured=known, looks=2)
    assert verdict.state == "decayed"
    assert figures.estimate is not None
    assert figures.estimate.value > 0.6


def test_segments(usual: Yardstick) -> None:
    """Levels of protected columns and the largest others have lines of their own, with what was predicted and observed."""
    figures, _ = live(yardstick(protected=("plan",)), calm(3), matured=[outcomes(calm(2), 5)], looks=1)
    month, year = figures.segments
    assert (month.column, month.level, year.level) == ("plan", "month", "year")
    assert month.rows + year.rows == 600
    assert month.predicted > year.predicted
    assert month.observed == pytest.approx(month.predicted, abs=0.1)


def test_last_years_month(usual: Yardstick) -> None:
    """A change that came last year too is no drift."""
    season = changed(calm(9), 0, calm(9).matrix[:, 0] + 0.5)
    windows = [changed(calm(i), 0, calm(i).matrix[:, 0] + 0.5) for i in (3, 4)]
    assert live(usual, *windows)[1].state == "drifted"
    assert live(usual, *windows, season=season)[1].state == "steady"


def test_few_rows(usual: Yardstick) -> None:
    """A small window is counted and not compared."""
    figures, verdict = live(usual, calm(3, 299))
    assert (figures.comparisons, verdict.state) == ((), "insufficient")
    assert figures.counts is not None


def test_impact(usual: Yardstick) -> None:
    """A change of one column moves the score about as far as scoring the changed rows says."""
    before, after = usual.reference.block, changed(usual.reference.block, 0, usual.reference.block.matrix[:, 0] + 0.5)
    impact = usual.impact(0, usual.counts, count(usual.bins, [after]))
    assert impact == pytest.approx(np.abs(after.probability - before.probability).mean(), rel=0.15)


def test_p_values_of_all_columns_together_are_uniform(usual: Yardstick) -> None:
    """Without drift the classifier's p-value is below 0.05 about once in twenty."""
    found: list[Comparison] = []
    for i in range(120):
        fresh = Yardstick(CONTRACT, usual.decision, outcomes(rows(600, 500 + i), i), score, 64, seed=i)
        figures = measure(fresh, "2026-01", calm(700 + i), Past(), POLICY)
        found += [one for one in figures.comparisons if one.kind == "together"]
    assert 0 < np.mean([one.p_value < 0.05 for one in found]) < 0.12
