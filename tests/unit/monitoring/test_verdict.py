from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from monitoring.figures import Comparison, Figures, Interval, Promise, Sign
from monitoring.rejected import rejected
from monitoring.verdict import Verdict, judge
from support.policy import monitoring

POLICY = monitoring(windows=2)
CLEAR, NOT = 1e-9, 0.5


def comparison(
    column: str, p_value: float, kind: Any = "distribution", joined: float | None = None, impact: float = 0.1
) -> Comparison:
    return Comparison(column, kind, p_value, 42.1, 55.3, "mean 42.1 to 55.3", joined, impact)


def window(*moved: str, rows: int = 500, lasting: bool = False, impact: float = 0.1, **more: Any) -> Figures:
    """A window in which the named columns of a, b and c stand out; lasting: also joined with the window before."""
    tests = tuple(
        comparison(name, CLEAR if name in moved else NOT, joined=CLEAR if name in moved and lasting else NOT, impact=impact)
        for name in "abc"
    )
    return Figures("2025-03", rows, tests, noise=0.01, **more)


def told(*windows: Figures, **changed: Any) -> Verdict:
    return judge(windows, POLICY.model_copy(update=changed))


def state(*windows: Figures, **changed: Any) -> str:
    return told(*windows, **changed).state


def failing(figure: Any = "auc", p_value: float = 1e-9, segment: str = "") -> Promise:
    return Promise(figure, segment, Interval(0.71, 0.67, 0.75), Interval(0.84, 0.82, 0.86), p_value)


def test_no_windows() -> None:
    """Without any window the verdict is insufficient."""
    assert state() == "insufficient"


def test_nothing_moved() -> None:
    """A large window in which no test stands out is steady, and nothing needs to be done."""
    verdict = told(window())
    assert (verdict.state, verdict.columns, verdict.retrain) == ("steady", (), False)
    assert "None of 3 tests on 500 predictions" in verdict.evidence


def test_few_rows() -> None:
    """Below min_rows the answer is insufficient, whether or not a test stands out."""
    assert state(window(rows=299)) == state(window("a", rows=299)) == "insufficient"
    assert state(window(rows=300)) == "steady"


def test_no_tests() -> None:
    """A window without tests is insufficient, however many rows it has."""
    assert state(Figures("2025-03", 9000)) == "insufficient"


def test_once() -> None:
    """A test that stands out in one window only is suspected and does not retrain."""
    verdict = told(window(), window("b"))
    assert (verdict.state, verdict.columns, verdict.retrain) == ("suspected", ("b",), False)


def test_first_window() -> None:
    """The first window can at most be suspected."""
    assert state(window("a", "b", "c")) == "suspected"


def test_in_a_row() -> None:
    """The same test in two windows and in both as one is drifted, names its column and retrains."""
    verdict = told(window("a"), window("a", "b", lasting=True))
    assert (verdict.state, verdict.columns, verdict.retrain) == ("drifted", ("a",), True)
    assert verdict.evidence == "a moved (mean 42.1 to 55.3) in 2 windows in a row."


def test_both_as_one() -> None:
    """Two windows that each show a change weakly are drifted if they show it clearly as one."""
    weak = tuple(comparison(name, 0.012 if name == "a" else NOT, joined=1e-6 if name == "a" else NOT) for name in "abc")
    pair = [Figures("2025-03", 500, weak), Figures("2025-04", 500, weak)]
    assert judge(pair, POLICY).columns == ("a",)
    assert state(*pair, agreement=0.02) == "steady"


def test_one_odd_window() -> None:
    """One window that moves many columns is not two, though one of them was a little off in the window before."""
    usual = tuple(comparison(str(i), 0.04 if i == 0 else NOT) for i in range(12))
    odd = tuple(comparison(str(i), 1e-90, joined=1e-40) for i in range(12))
    assert judge([Figures("2025-03", 500, usual), Figures("2025-04", 500, odd)], POLICY).state == "suspected"


def test_different_columns() -> None:
    """Different columns in two windows are suspected, not drifted, however clear they are as one."""
    assert state(window("a"), window("b", lasting=True)) == "suspected"


def test_small_window_between() -> None:
    """A window too small to judge is passed over between two that agree."""
    assert state(window("a"), window(rows=10), window("a", lasting=True)) == "drifted"


def test_interrupted() -> None:
    """A steady window between two that stand out starts the count again."""
    assert state(window("a"), window(), window("a", lasting=True)) == "suspected"


def test_over() -> None:
    """Drift that is gone in the newest window is steady."""
    assert state(window("a"), window("a", lasting=True), window()) == "steady"


@pytest.mark.parametrize(("needed", "expected"), [(1, "drifted"), (3, "drifted"), (4, "suspected")])
def test_windows_needed(needed: int, expected: str) -> None:
    """The policy says how many windows in a row are needed."""
    assert state(*[window("a", lasting=True)] * 3, windows=needed) == expected


def test_drift_that_moves_no_score() -> None:
    """Drift that cannot move the score by more than chance is told and not acted on."""
    verdict = told(window("a"), window("a", lasting=True, impact=0.005))
    assert (verdict.state, verdict.columns, verdict.retrain) == ("drifted", ("a",), False)
    assert "hardly uses a" in verdict.advice


def test_drift_of_the_score() -> None:
    """Drift of the predicted probability moves the score by definition."""
    score = comparison("predicted probability", CLEAR, "prediction", joined=CLEAR, impact=0.0)
    assert told(Figures("2025-03", 500, (score,)), Figures("2025-04", 500, (score,))).retrain


def test_decayed() -> None:
    """A promise that is clearly not kept is decayed, tells both figures and retrains."""
    verdict = told(window(outcomes=300, looks=1, promises=(failing(),)))
    assert (verdict.state, verdict.retrain) == ("decayed", True)
    assert "0.710 (0.670 to 0.750)" in verdict.evidence


def test_decay_outranks() -> None:
    """Decay outranks drift and a window with few rows."""
    worse: Any = {"outcomes": 900, "looks": 2, "promises": (failing(),)}
    assert state(window("a"), window("a", lasting=True, **worse)) == "decayed"
    assert state(window(rows=5, **worse)) == "decayed"


def test_few_outcomes() -> None:
    """Below min_outcomes a broken promise says nothing."""
    assert state(window(outcomes=299, looks=1, promises=(failing(),))) == "steady"


def test_looking_often() -> None:
    """What is enough at the first look is not at the hundredth, so that looking often does not find decay by chance."""
    found: Any = {"outcomes": 900, "promises": (failing(p_value=0.001),)}
    assert state(window(looks=1, **found)) == "decayed"
    assert state(window(looks=100, **found)) == "steady"


def test_false_decay_over_a_life() -> None:
    """A model that keeps five promises is called decayed in at most the stated share of lives of sixty looks."""
    random = np.random.default_rng(5)
    lives = 0
    for _ in range(600):
        looks = [
            window(outcomes=900, looks=t, promises=tuple(failing(p_value=p) for p in random.random(5))) for t in range(1, 61)
        ]
        lives += any(state(one) == "decayed" for one in looks)
    assert lives / 600 < POLICY.false_decay + 0.03


@pytest.mark.parametrize(
    ("sign", "passed"),
    [
        (Sign("missing", "a", 0.0, 0.1, CLEAR, ""), Sign("missing", "a", 0.0, 0.02, CLEAR, "")),
        (Sign("unit", "a", 1.0, 100.0, 0.0, ""), Sign("unit", "a", 1.0, 1.3, 0.0, "")),
        (Sign("unit", "a", 1.0, 0.01, 0.0, ""), Sign("unit", "a", 1.0, 0.8, 0.0, "")),
        (Sign("renamed", "a", 0.3, 0.0, CLEAR, ""), Sign("renamed", "a", 0.3, 0.2, 0.01, "")),
        (Sign("lost", "a", 0.2, 0.0, CLEAR, ""), Sign("lost", "a", 0.01, 0.0, CLEAR, "")),
        (Sign("constant", "a", 0.2, 1.0, CLEAR, ""), Sign("constant", "a", 0.99, 1.0, 0.05, "")),
        (Sign("repeated", "a", 0.0, 0.3, 0.0, ""), Sign("repeated", "a", 0.3, 0.35, 0.0, "")),
        (Sign("absent", "a", 1000.0, 300.0, 0.0, ""), Sign("absent", "a", 1000.0, 700.0, 0.0, "")),
    ],
    ids=lambda sign: f"{sign.fault} {sign.after}",
)
def test_broken(sign: Sign, passed: Sign) -> None:
    """A sign that customers could not make is broken and never retrains; a weaker or a doubtful one is not."""
    verdict = told(window("a"), window("a", lasting=True, signs=(sign,)))
    assert (verdict.state, verdict.columns, verdict.retrain) == ("broken", ("a",), False)
    assert verdict.advice.startswith("Repair the source of a")
    assert state(window(), window(signs=(passed,))) == "steady"


def test_broken_outranks_decay() -> None:
    """On a broken feed nothing else is believed."""
    sign = Sign("unit", "a", 1.0, 100.0, 0.0, "")
    assert state(window(signs=(sign,), outcomes=900, looks=1, promises=(failing(),))) == "broken"


def test_broken_windows_are_passed_over() -> None:
    """A repaired feed is judged beside the windows before it broke."""
    sign = Sign("unit", "a", 1.0, 100.0, 0.0, "")
    assert state(window("a"), window(signs=(sign,)), window("a", lasting=True)) == "drifted"


def test_many_findings() -> None:
    """More than three findings are counted, not listed."""
    tests = tuple(comparison(name, CLEAR) for name in "abcde")
    evidence = told(Figures("2025-03", 500, tests)).evidence
    assert evidence.endswith("c moved (mean 42.1 to 55.3) and 2 more.")


def test_rejected_as_scipy() -> None:
    """The rejections equal scipy's adjusted p-values at or below the rate."""
    random = np.random.default_rng(1)
    for _ in range(200):
        p_values = random.beta(0.4, 1, 12)
        found = rejected(list(range(12)), 0.05, p_values.__getitem__)
        assert set(found) == set(np.flatnonzero(false_discovery_control(p_values) <= 0.05))


def test_rejected_nothing() -> None:
    """Without tests nothing is rejected."""
    assert rejected([], 0.01, float) == []


def test_false_alarms() -> None:
    """Uniform p-values over 20 independent tests are suspected in about 1 % of 4000 windows and never drifted."""
    random = np.random.default_rng(2)
    draws = [tuple(comparison(str(i), p, joined=p) for i, p in enumerate(row)) for row in random.random((4000, 20))]
    months = [Figures("2025-03", 500, tests) for tests in draws]
    states = [state(*pair) for pair in pairwise(months)]
    assert 0 < states.count("suspected") < 60
    assert states.count("drifted") <= 3
