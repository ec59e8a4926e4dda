"""The verdicts on a shadow and on a canary, over drawn customers."""

from pathlib import Path

import numpy as np
import pytest

from churn import params
from churn.rollout import canary, shadow
from churn.rollout.canary import Arm
from churn.rollout.sequence import Sample
from churn.rollout.shadow import Compared

KNOBS = params.load(Path(__file__).parents[4] / "params.yaml").rollout


def rows(count=2_000, seed=0, shift=0.0, noise=0.01, failing=0.0, seconds=0.001, known=False, blind=False):
    """Customers with a true probability, which the champion knows and the challenger nearly knows."""
    random = np.random.default_rng(seed)
    truth = random.beta(1, 3, count)
    theirs = np.full(count, 0.25) if blind else np.clip(truth + shift + random.normal(0, noise, count), 0, 1)
    churned = random.random(count) < truth
    failed = random.random(count) < failing
    return [
        Compared(p, p > 0.2, None, None, seconds, "broken", None)
        if out
        else Compared(p, p > 0.2, q, q > 0.2, seconds, None, bool(left) if known else None)
        for p, q, left, out in zip(truth.tolist(), theirs.tolist(), churned, failed, strict=True)
    ]


def failed(verdict):
    return [finding.name for finding in verdict.findings if finding.state == "fails"]


@pytest.mark.parametrize("known", [False, True])
def test_a_challenger_like_the_champion_passes_the_shadow(known):
    """Nearly the same scores, with outcomes or without."""
    assert shadow.judge(rows(known=known), KNOBS.shadow).state == "holds"


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ({"count": 500}, ["rows"]),
        ({"failing": 0.1}, ["failed rows"]),
        ({"failing": 1.0}, ["failed rows"]),
        ({"seconds": 1.0}, ["99th percentile, ms"]),
        ({"shift": 0.3}, ["agreement", "score drift"]),
        ({"blind": True, "known": True}, ["agreement", "score drift", "Brier score lost"]),
    ],
)
def test_the_shadow_finds_what_is_wrong(what, names):
    """Each defect fails its own condition, and the reason names it."""
    verdict = shadow.judge(rows(**what), KNOBS.shadow)
    assert failed(verdict) == names
    assert all(name in verdict.reason for name in names)


def test_a_shadow_without_rows_has_failed():
    """Nothing known is nothing for it."""
    assert shadow.judge([], KNOBS.shadow).state == "fails"


def sample(values):
    return Sample(len(values), float(np.sum(values)), float(np.sum(np.square(values))))


def arm(count, seed, shift=0.0, late=0.0, known=False, wrong=0.0):
    random = np.random.default_rng(seed)
    truth = random.beta(1, 3, count)
    scores = np.clip(truth + shift, 0, 1)
    losses = (np.clip(truth + wrong, 0, 1) - (random.random(count) < truth)) ** 2 if known else np.array([])
    return Arm(sample(scores), int(late * count), sample(losses))


CHAMPION = arm(20_000, 1, known=True)


def test_a_canary_like_the_champion_is_promoted_once_enough_is_known():
    """Before that it is undecided, never refused."""
    states = [canary.judge(arm(count, 2), CHAMPION, 0, KNOBS.canary).state for count in (0, 1, 50, 500, 5_000)]
    assert states == ["open", "open", "open", "open", "holds"]


@pytest.mark.parametrize(
    ("what", "failures", "names"),
    [
        ({}, 5_000, ["failed calls"]),
        ({"late": 0.3}, 0, ["late answers"]),
        ({"shift": 0.3}, 0, ["score shift"]),
        ({"known": True, "wrong": 0.6}, 0, ["Brier score lost"]),
    ],
)
def test_a_canary_that_is_worse_is_withdrawn(what, failures, names):
    """Each defect fails its own rule."""
    verdict = canary.judge(arm(5_000, 2, **what), CHAMPION, failures, KNOBS.canary)
    assert failed(verdict) == names


def test_who_is_late_on_a_slow_machine_is_not_the_challenger():
    """Where the champion is late as often, lateness says nothing."""
    slow = Arm(CHAMPION.scores, CHAMPION.scores.count // 5, CHAMPION.losses)
    assert canary.judge(arm(5_000, 2, late=0.2), slow, 0, KNOBS.canary).state == "holds"
    assert failed(canary.judge(arm(5_000, 2, late=0.5), slow, 0, KNOBS.canary)) == ["late answers"]
