import dataclasses
import math

import pytest

from churn.gate import Evidence, decide
from churn.params import Gate

POLICY = Gate(auc_margin=0.005, calibration_limit=0.05, min_rows=300)
SOLID = {"auc": 0.8, "calibration_error": 0.02}
BETTER = {
    "auc": {"value": 0.01, "low": 0.002, "high": 0.02},
    "log_loss": {"value": -0.01, "low": -0.02, "high": -0.001},
    "profit_per_1000": {"value": 300.0, "low": -50.0, "high": 600.0},
}
EQUAL = {name: {"value": 0.0, "low": 0.0, "high": 0.0} for name in BETTER}
NAN = {"value": math.nan, "low": math.nan, "high": math.nan}
FIRST = Evidence(rows=1000, candidate=SOLID, noise=0.03, difference=None)


def evidence(**changes):
    return dataclasses.replace(FIRST, **changes)


@pytest.mark.parametrize(("difference", "reason"), [(None, "the first champion"), (BETTER, "better than the champion")])
def test_a_sound_first_candidate_and_a_better_one_are_promoted(difference, reason):
    """A candidate that meets every criterion is promoted, with or without a champion."""
    decision = decide(evidence(difference=difference), POLICY)
    assert decision.promote
    assert decision.reason == reason


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"difference": EQUAL}, "predicts better"),
        ({"difference": BETTER | {"auc": {"value": -0.004, "low": -0.006, "high": 0.0}}}, "ranks no worse"),
        ({"difference": BETTER | {"log_loss": {"value": -0.01, "low": -0.03, "high": 0.001}}}, "predicts better"),
        ({"difference": BETTER | {"profit_per_1000": {"value": -9.0, "low": -20.0, "high": -1.0}}}, "earns no less"),
        ({"rows": 299}, "enough rows"),
        ({"candidate": SOLID | {"auc": 0.5}}, "better than chance"),
        ({"candidate": SOLID | {"calibration_error": 0.051}}, "calibrated"),
    ],
)
def test_a_candidate_that_misses_one_criterion_is_refused_for_it(changes, criterion):
    """An equal, worse, doubtful, uncalibrated or hardly tested candidate is refused, and the reason is named."""
    decision = decide(evidence(**changes), POLICY)
    assert not decision.promote
    assert decision.reason.startswith(f"refused: {criterion} (")
    assert [c.name for c in decision.criteria if not c.holds] == [criterion]


@pytest.mark.parametrize("figure", sorted(SOLID))
def test_a_candidate_whose_figure_is_not_a_number_is_refused(figure):
    """NaN holds no criterion."""
    assert not decide(evidence(candidate=SOLID | {figure: math.nan}), POLICY).promote


@pytest.mark.parametrize("figure", sorted(BETTER))
def test_a_difference_that_is_not_a_number_is_refused(figure):
    """A comparison that could not be made lets nobody win."""
    assert not decide(evidence(difference=BETTER | {figure: NAN}), POLICY).promote


def test_an_unknown_noise_does_not_widen_the_limit():
    """Noise that is not a number leaves the policy's limit in force."""
    assert not decide(evidence(noise=math.nan, candidate=SOLID | {"calibration_error": 0.06}), POLICY).promote


def test_chance_may_explain_a_calibration_error():
    """An error above the policy's limit passes where chance alone explains as much."""
    assert decide(evidence(noise=0.07, candidate=SOLID | {"calibration_error": 0.06}), POLICY).promote


@pytest.mark.parametrize(("change", "promoted"), [(-0.02, True), (0.01, False), (math.nan, False)])
def test_a_candidate_may_be_as_badly_calibrated_as_the_champion(change, promoted):
    """Above the policy's limit it passes where the champion's error on the same rows is larger, and only there."""
    difference = BETTER | {"calibration_error": {"value": change, "low": change, "high": change}}
    found = decide(evidence(candidate=SOLID | {"calibration_error": 0.06}, difference=difference), POLICY)
    assert found.promote == promoted


def test_every_criterion_is_on_record():
    """A decision carries all six criteria with figure and limit, whether they hold or not."""
    assert len(decide(evidence(difference=EQUAL), POLICY).criteria) == 6
