"""The rules of shares, of errors and of means, on drawn data."""

import numpy as np
import pytest

from churn.params import ErrorRule
from churn.rollout.sequence import Sample, difference, half_width
from churn.rollout.share import CONTROL, canary_salt, place
from churn.rollout.sprt import Sprt

KNOWN = 0.44875677918778945  # where C1 stands; another value would reshuffle every control group
RULE = ErrorRule(good=0.01, bad=0.05, false_alarm=0.05, missed=0.05)


def test_a_share_is_a_share_and_stays_the_same():
    """Of 20,000 customers a tenth lie below 0.1, whoever asks again; a known place never moves."""
    places = np.array([place(f"C{number}", CONTROL) for number in range(20_000)])
    for share in (0.05, 0.1, 0.5):
        assert np.mean(places < share) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 20_000))
    assert place("C1", CONTROL) == pytest.approx(KNOWN, abs=1e-12)


def test_another_salt_draws_other_customers():
    """Being in one version's canary says nothing about the next one's, nor about the control group."""
    customers = [f"C{number}" for number in range(10_000)]
    for salts in [(canary_salt("1"), canary_salt("2")), (canary_salt("1"), CONTROL)]:
        one, other = (np.array([place(customer, salt) < 0.5 for customer in customers]) for salt in salts)
        assert np.mean(one & other) == pytest.approx(0.25, abs=0.02)


def ended(rule, share, seed, most=5_000):
    """How a test ends on events that go wrong with a share."""
    test = Sprt(rule)
    wrong = np.cumsum(np.random.default_rng(seed).random(most) < share)
    for count, failures in enumerate(wrong.tolist(), 1):
        evidence = test.evidence(failures, count - failures)
        if test.refuses(evidence):
            return "refused"
        if test.accepts(evidence):
            return "accepted"
    return "open"


def test_errors_of_the_sequential_test_are_those_of_its_rule():
    """At the good share it refuses at most about 5 in 100, at the bad one it accepts at most about 5 in 100; it ends."""
    good = [ended(RULE, RULE.good, seed) for seed in range(400)]
    bad = [ended(RULE, RULE.bad, seed) for seed in range(400)]
    assert good.count("refused") <= 400 * 0.05 + 13
    assert bad.count("accepted") <= 400 * 0.05 + 13
    assert "open" not in good + bad


def test_nothing_done_well_excuses_failures_much_later():
    """After a million good calls a challenger that breaks is refused after as few failures as after hundred."""
    test = Sprt(RULE)

    def failures_after(good):
        evidence = 0.0
        for _ in range(good):
            evidence = test.after(evidence, False)
        count = 0
        while not test.refuses(evidence):
            evidence, count = test.after(evidence, True), count + 1
        return count

    assert failures_after(100_000) == failures_after(100) <= 4


def test_a_confidence_sequence_holds_at_every_moment():
    """Looked at after each of 3,000 values, it misses the true mean in at most about 5 of 100 lives."""
    missed = 0
    for seed in range(200):
        values = np.random.default_rng(seed).beta(1, 4, 3_000)
        counts = np.arange(1, 3_001)
        totals, squares = np.cumsum(values), np.cumsum(values**2)
        looks = (
            Sample(int(n), float(t), float(s)) for n, t, s in zip(counts[99::10], totals[99::10], squares[99::10], strict=True)
        )
        missed += any(abs(look.mean - 0.2) > half_width(look, 0.05, 1_000) for look in looks)
    assert missed <= 200 * 0.05 + 9


def sample(values):
    return Sample(len(values), float(values.sum()), float((values**2).sum()))


def test_a_difference_is_told_from_none():
    """A shift of 0.1 is outside, none is inside; fewer than two values know nothing."""
    random = np.random.default_rng(1)
    one, same, other = (sample(random.beta(1, 4, 5_000) + shift) for shift in (0.0, 0.0, 0.1))
    low, high = difference(one, same, 0.05, 1_000)
    assert low < 0 < high < 0.05
    assert difference(other, one, 0.05, 1_000)[0] > 0.05
    assert difference(Sample(1, 0.5, 0.25), one, 0.05, 1_000) == (-np.inf, np.inf)
