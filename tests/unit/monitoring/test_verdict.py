from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from churn.params import Monitoring
from monitoring.figures import Comparison, Figures, Interval
from monitoring.verdict import judge, rejected

POLICY = Monitoring(min_rows=300, sample_rows=5000, false_discovery_rate=0.01, windows=2, auc_margin=0.02, min_outcomes=300)
GOOD, BAD = Interval(0.84, 0.82, 0.86), Interval(0.71, 0.67, 0.75)


def comparison(column: str, p_value: float, kind: Any = "distribution") -> Comparison:
    return Comparison(column, kind, p_value, 42.1, 55.3, "mean 42.1 to 55.3")


def window(*moved: str, rows: int = 500, kind: Any = "distribution", **more: Any) -> Figures:
    """A window in which the named columns of a, b and c stand out."""
    tests = tuple(comparison(name, 1e-9 if name in moved else 0.5, kind) for name in "abc")
    return Figures("2025-03", rows, tests, **more)


def state(*windows: Figures, **changed: Any) -> str:
    return judge(windows, POLICY.model_copy(update=changed)).state


def test_no_windows() -> None:
    """Without any window the verdict is insufficient."""
    assert state() == "insufficient"


def test_nothing_moved() -> None:
    """A large window in which no test stands out is steady, and nothing needs to be done."""
    verdict = judge([window()], POLICY)
    assert (verdict.state, verdict.columns, verdict.retrain) == ("steady", (), False)
    assert "None of 3 tests on 500 predictions" in verdict.evidence


def test_few_rows() -> None:
    """Below min_rows the answer is insufficient, whether or not a test stands out."""
    assert state(window(rows=299)) == state(window("a", rows=299)) == "insufficient"
    assert state(window(rows=300)) == "steady"


def test_no_tests() -> None:
    """A window without tests is insufficient, however many rows it has."""
    assert state(Figures("2025-03", 9000)) == "insufficient"


def test_few_rows_after_drift() -> None:
    """A small newest window is insufficient even after two drifted ones."""
    assert state(window("a"), window("a"), window("a", rows=20)) == "insufficient"


def test_once() -> None:
    """A test that stands out in one window only is suspected and does not retrain."""
    verdict = judge([window(), window("b")], POLICY)
    assert (verdict.state, verdict.columns, verdict.retrain) == ("suspected", ("b",), False)


def test_first_window() -> None:
    """The first window can at most be suspected."""
    assert state(window("a", "b", "c")) == "suspected"


def test_in_a_row() -> None:
    """The same test in two windows in a row is drifted, names its column and retrains."""
    verdict = judge([window("a"), window("a", "b")], POLICY)
    assert (verdict.state, verdict.columns, verdict.retrain) == ("drifted", ("a",), True)
    assert verdict.evidence == "a moved (mean 42.1 to 55.3) in 2 windows in a row."


def test_different_columns() -> None:
    """Different columns in two windows are suspected, not drifted."""
    assert state(window("a"), window("b")) == "suspected"


def test_different_kinds() -> None:
    """Missing values of a column in one window and its distribution in the next are different tests."""
    assert state(window("a", kind="missing"), window("a")) == "suspected"


def test_small_window_between() -> None:
    """A window too small to judge is passed over between two that agree."""
    assert state(window("a"), window(rows=10), window("a")) == "drifted"


def test_interrupted() -> None:
    """A steady window between two that stand out starts the count again."""
    assert state(window("a"), window(), window("a")) == "suspected"


def test_over() -> None:
    """Drift that is gone in the newest window is steady."""
    assert state(window("a"), window("a"), window()) == "steady"


@pytest.mark.parametrize(("needed", "expected"), [(1, "drifted"), (3, "drifted"), (4, "suspected")])
def test_windows_needed(needed: int, expected: str) -> None:
    """The policy says how many windows in a row are needed."""
    assert state(window("a"), window("a"), window("a"), windows=needed) == expected


def test_decayed() -> None:
    """A live AUC whose whole interval is below the promise minus the margin is decayed and retrains."""
    verdict = judge([window(outcomes=300, live_auc=BAD, promised_auc=GOOD)], POLICY)
    assert (verdict.state, verdict.retrain) == ("decayed", True)
    assert "0.710 (0.670 to 0.750)" in verdict.evidence


def test_decay_outranks() -> None:
    """Decay outranks drift and a window with few rows."""
    worse = {"outcomes": 900, "live_auc": BAD, "promised_auc": GOOD}
    assert state(window("a"), window("a", **worse)) == "decayed"
    assert state(window(rows=5, **worse)) == "decayed"


def test_few_outcomes() -> None:
    """Below min_outcomes a low AUC says nothing."""
    assert state(window(outcomes=299, live_auc=BAD, promised_auc=GOOD)) == "steady"


def test_margin() -> None:
    """An interval that reaches the promise minus the margin has not decayed."""
    edge = Interval(0.78, 0.76, GOOD.low - POLICY.auc_margin)
    assert state(window(outcomes=900, live_auc=edge, promised_auc=GOOD)) == "steady"


def test_no_live_auc() -> None:
    """Outcomes of one class have no AUC and decide nothing."""
    assert state(window(outcomes=900, live_auc=None, promised_auc=GOOD)) == "steady"


def test_feed_before_retraining() -> None:
    """Missing values and unknown levels advise to check the source first; a moved column advises to retrain."""
    lost = judge([window("a", kind="missing"), window("a", kind="missing")], POLICY)
    assert lost.advice.startswith("Check the source of a before retraining")
    assert "has another share of missing values" in lost.evidence
    assert judge([window("a"), window("a")], POLICY).advice.startswith("Retrain")


def test_many_findings() -> None:
    """More than three findings are counted, not listed."""
    tests = tuple(comparison(name, 1e-9) for name in "abcde")
    evidence = judge([Figures("2025-03", 500, tests)], POLICY).evidence
    assert evidence.endswith("c moved (mean 42.1 to 55.3) and 2 more.")


def test_rejected_as_scipy() -> None:
    """The rejections equal scipy's adjusted p-values at or below the rate."""
    random = np.random.default_rng(1)
    for _ in range(200):
        p_values = random.beta(0.4, 1, 12)
        found = rejected([comparison(str(i), p) for i, p in enumerate(p_values)], 0.05)
        assert {int(c.column) for c in found} == set(np.flatnonzero(false_discovery_control(p_values) <= 0.05))


def test_rejected_nothing() -> None:
    """Without comparisons nothing is rejected."""
    assert rejected([], 0.01) == []


def test_false_alarms() -> None:
    """Uniform p-values over 20 independent tests are suspected in about 1 % of 4000 windows and never drifted."""
    random = np.random.default_rng(2)
    draws = [tuple(comparison(str(i), p) for i, p in enumerate(row)) for row in random.random((4000, 20))]
    months = [Figures("2025-03", 500, tests) for tests in draws]
    states = [state(*pair) for pair in pairwise(months)]
    assert 0 < states.count("suspected") < 60
    assert states.count("drifted") == 0
