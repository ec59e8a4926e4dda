"""Who may become champion, criterion by criterion, and how often the wrong one does."""

import dataclasses
import math

import numpy as np
import pytest
from scipy.special import expit

from churn.decision import Decision
from churn.gate import Candidate, Contestant, Group, Rows, Rule, decide
from churn.gate.resample import differences
from support.policy import gate

COSTS = Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)
RULE = Rule("tenure at most 9", (900.0, 500.0, 1300.0), 30_000.0)
FAIR = Group("sex, f", (0.01, -0.05, 0.07), (0.0, -0.02, 0.02))
NAN = math.nan


POLICY = gate(resamples=200)


def policy(**changes):
    return POLICY.model_copy(update=changes)


def world(rows=1500, noise=0.0, seed=0):
    """Outcomes, and the scores of one who knows the odds and of one who sees them through noise, recalibrated."""
    random = np.random.default_rng(seed)
    seen, hidden = random.normal(-1, 1.2, rows), random.normal(0, noise, rows) if noise else np.zeros(rows)
    label = (random.random(rows) < expit(seen)).astype(np.int64)
    return label, expit(seen), expit(-1 + (1.2**2 / (1.2**2 + noise**2)) * (seen + hidden + 1)) if noise else expit(seen)


LABEL, GOOD, BAD = world(noise=0.8)
ROWS = Rows(LABEL, np.arange(len(LABEL)), {"plan, basic": np.arange(len(LABEL)) % 3 == 0})
FIRST = Candidate(Contestant(GOOD, 0.1, 2.0), ROWS, COSTS, export_error=1e-8, groups=(FAIR,), rule=RULE)
CHAMPION = Contestant(BAD, 0.1, 2.0)


def candidate(**changes):
    return dataclasses.replace(FIRST, **changes)


def scored(probability, **changes):
    return candidate(scores=dataclasses.replace(FIRST.scores, probability=probability, **changes))


@pytest.mark.parametrize(("champion", "reason"), [(None, "the first champion"), (CHAMPION, "better than the champion")])
def test_a_sound_first_candidate_and_a_better_one_are_promoted(champion, reason):
    """A candidate that meets every criterion is promoted, with or without a champion."""
    decision = decide(FIRST, champion, policy())
    assert (decision.promote, decision.winner, decision.reason) == (True, "candidate", reason)
    assert all(one.holds for one in decision.criteria)


FEW = Rows(LABEL[:299], np.arange(299), {})


@pytest.mark.parametrize(
    ("asked", "champion", "criterion"),
    [
        (scored(GOOD), Contestant(GOOD, 0.1, 2.0), "better than the champion"),
        (scored(BAD), Contestant(GOOD, 0.1, 2.0), "ranks no worse"),
        (scored(np.clip(GOOD * 0.2, 0, 1)), CHAMPION, "calibrated"),
        (scored(np.full(len(LABEL), LABEL.mean())), None, "better than chance"),
        (dataclasses.replace(scored(GOOD[:299]), rows=FEW), None, "enough rows"),
        (scored(GOOD, milliseconds=6.0), None, "answers fast"),
        (scored(GOOD, megabytes=51.0), CHAMPION, "small enough"),
        (candidate(export_error=2e-6), None, "exported exactly"),
        (candidate(broken=["2026-03"]), None, "data in order"),
        (candidate(older=True), CHAMPION, "data not older"),
        (candidate(refusals=["'charge' would be missing"]), CHAMPION, "takes today's requests"),
        (candidate(groups=[FAIR, Group("sex, m", (0.3, 0.21, 0.4), FAIR.calibration)]), None, "equal opportunity: sex, m"),
        (candidate(groups=[FAIR, Group("sex, m", FAIR.reached, (-0.1, -0.15, -0.06))]), None, "calibrated in groups: sex, m"),
    ],
)
def test_a_candidate_that_misses_a_criterion_is_refused_for_it(asked, champion, criterion):
    """An equal, worse, uncalibrated, slow, large, unfair or hardly tested one is refused, and what it misses is named."""
    decision = decide(asked, champion, policy())
    assert not decision.promote
    assert decision.winner == ("champion" if champion else "nobody")
    assert criterion in [one.name for one in decision.criteria if not one.holds]
    assert f"{criterion} (" in decision.reason


def test_a_worse_segment_is_found():
    """A candidate that is better on the whole and worse in one part is refused for the part."""
    worse = np.where(ROWS.segments["plan, basic"], expit(-1 + 0 * GOOD), GOOD)
    decision = decide(scored(worse), Contestant(np.where(ROWS.segments["plan, basic"], GOOD, BAD), 0.1, 2.0), policy())
    assert "worst segment: plan, basic" in [one.name for one in decision.criteria if not one.holds]


@pytest.mark.parametrize("champion", [None, CHAMPION])
def test_the_simplest_that_is_as_good_wins(champion):
    """Where the rule is shown to earn as much, it wins, and the reason says how to serve it; a rule is not asked."""
    told = dataclasses.replace(RULE, gain=(100.0, -50.0, 250.0))
    decision = decide(candidate(rule=told), champion, policy())
    assert (decision.promote, decision.winner) == (False, "rule")
    assert decision.reason == 'refused: the rule "tenure at most 9" earns as much; serve it with train.learners: [rule]'
    assert decide(candidate(rule=None), champion, policy()).promote


@pytest.mark.parametrize(
    "asked",
    [
        scored(np.full(len(LABEL), NAN)),
        scored(np.where(np.arange(len(LABEL)) == 7, NAN, GOOD)),
        scored(GOOD, milliseconds=NAN),
        scored(GOOD, megabytes=NAN),
        candidate(export_error=NAN),
        candidate(rule=dataclasses.replace(RULE, gain=(NAN, NAN, NAN))),
        candidate(rule=dataclasses.replace(RULE, ceiling=NAN)),
        candidate(groups=[Group("sex, f", (NAN, NAN, NAN), FAIR.calibration)]),
        candidate(groups=[Group("sex, f", FAIR.reached, (NAN, NAN, NAN))]),
    ],
)
@pytest.mark.parametrize("champion", [None, CHAMPION])
def test_what_is_not_a_number_holds_nothing(asked, champion):
    """A figure that could not be found lets nobody win."""
    assert not decide(asked, champion, policy(opportunity_gap=0.2)).promote


def test_a_champion_that_does_not_score_wins():
    """A comparison that could not be made lets no challenger win."""
    assert not decide(FIRST, Contestant(np.full(len(LABEL), NAN), 0.1, 2.0), policy()).promote


def test_the_age_of_the_data_counts_where_the_policy_says_so():
    """Beyond the limit, or unknown, the data are not fresh; without a limit nobody asks."""
    found = [decide(candidate(age_days=age), None, policy(oldest_days=40)).promote for age in (39.0, 41.0, NAN)]
    assert found == [True, False, False]
    assert decide(candidate(age_days=4000.0), None, policy()).promote


@pytest.mark.parametrize(
    ("equal", "newer", "promoted"), [("keep", True, False), ("newer", True, True), ("newer", False, False)]
)
def test_an_equal_one_with_newer_data_is_handled_by_policy(equal, newer, promoted):
    """One that is exactly as good takes over only if the policy wants newer data and it has them."""
    decision = decide(candidate(newer=newer), Contestant(GOOD, 0.1, 2.0), policy(equal=equal))
    assert decision.promote is promoted
    if promoted:
        assert decision.reason == "as good as the champion, on newer data"


def test_the_champion_widens_limits_that_it_needs_itself():
    """A candidate may be as slow, as large and as badly calibrated as the champion."""
    off = expit(np.log(GOOD / (1 - GOOD)) + 0.6)
    slow = dataclasses.replace(scored(off, milliseconds=9.0, megabytes=80.0))
    worse = Contestant(expit(np.log(BAD / (1 - BAD)) + 1.5), 9.5, 90.0)
    found = {one.name: one.holds for one in decide(slow, worse, policy()).criteria}
    assert found["answers fast"]
    assert found["small enough"]
    assert found["calibrated"]


def test_a_difference_that_cannot_be_doubted_has_an_interval_that_says_so():
    """Equal scores differ by nothing, with an interval of no width; the better one ranks better in every draw."""
    same = differences(ROWS, GOOD, GOOD, COSTS, 400, 0.95)
    assert set(same.values()) == {(0.0, 0.0, 0.0)}
    found = differences(ROWS, GOOD, BAD, COSTS, 400, 0.95)
    assert found["auc"][1] > 0
    assert found["log_loss"][2] < 0


def test_intervals_count_customers():
    """Rows that repeat a customer make no interval narrower."""
    twice = Rows(np.repeat(LABEL, 4), np.repeat(np.arange(len(LABEL)), 4), {})
    once = differences(ROWS, GOOD, BAD, COSTS, 400, 0.95)
    again = differences(twice, np.repeat(GOOD, 4), np.repeat(BAD, 4), COSTS, 400, 0.95)
    for name, (value, low, high) in once.items():
        assert again[name][0] == pytest.approx(value)
        assert again[name][2] - again[name][1] == pytest.approx(high - low, rel=0.2)


def test_equal_evidence_gives_equal_decisions():
    """A decision is a pure function: asked again it is the same, number for number."""
    assert decide(FIRST, CHAMPION, policy()) == decide(FIRST, CHAMPION, policy())
