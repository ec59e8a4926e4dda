"""Whom a budget reaches, and what that is worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.campaign.choice import Base, Worth, best, everybody, riskiest
from churn.campaign.profit import Residuals
from churn.decision import Decision

DECISION = Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)
CUSTOMERS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 500), st.booleans(), st.integers(0, 2)), min_size=1, max_size=30)


def base_of(rows):
    probability, value, free, segment = (np.array(column) for column in zip(*rows, strict=True))
    return Base(probability.astype(float), value.astype(float), free.astype(bool), segment.astype(np.int64), ("a", "b", "c"))


@settings(max_examples=200, deadline=None)
@given(CUSTOMERS, st.floats(0, 200), st.dictionaries(st.sampled_from("abc"), st.integers(0, 5)))
def test_the_list_keeps_its_promises(rows, budget, caps):
    """It never costs more than the budget, passes no cap, leaves the control group out, and each contact pays."""
    base = base_of(rows)
    worth = Worth.of(base, DECISION)
    chosen = best(base, worth, budget, caps)
    assert len(set(chosen.tolist())) == len(chosen)
    assert round(worth.cost[chosen].sum(), 6) <= budget + 1e-9
    assert base.free[chosen].all()
    assert (worth.gain[chosen] > 0).all()
    for place, name in enumerate(base.segments):
        assert (base.segment[chosen] == place).sum() <= caps.get(name, len(base))
    ratios = worth.gain[chosen] / worth.cost[chosen]
    assert (np.diff(ratios) <= 1e-12).all()


def test_a_contact_pays_where_the_decision_says_so():
    """With one worth for all, gain is above 0 exactly where `Decision.contact` says yes."""
    probability = np.linspace(0, 1, 101)
    base = Base(probability, np.full(101, 200.0), np.ones(101, bool), np.zeros(101, np.int64))
    assert ((Worth.of(base, DECISION).gain > 0) == DECISION.contact(probability)).all()


def test_worth_is_the_profit_of_the_decision():
    """Gains of surely leaving and surely staying customers are those of `churn.decision`."""
    base = Base(np.array([1.0, 0.0]), np.full(2, 200.0), np.ones(2, bool), np.zeros(2, np.int64))
    worth = Worth.of(base, DECISION)
    assert worth.gain.tolist() == pytest.approx([DECISION.churner_gain, -DECISION.stayer_loss])
    assert worth.cost.tolist() == pytest.approx([4.0, 11.0])


def test_who_is_worth_more_comes_before_who_is_riskier():
    """A likely churner of little worth is the riskiest and not the best."""
    base = Base(np.array([0.9, 0.6]), np.array([50.0, 900.0]), np.ones(2, bool), np.zeros(2, np.int64))
    worth = Worth.of(base, DECISION)
    assert best(base, worth, 100, {}).tolist() == [1, 0]
    assert riskiest(base, worth, 100).tolist() == [0, 1]
    assert everybody(base).tolist() == [0, 1]


def test_the_interval_covers_what_happens():
    """Where probabilities are right, the profit of simulated campaigns lies within the 90 % interval about 9 times in 10."""
    random = np.random.default_rng(0)
    probability = random.beta(2, 3, 3000)
    held_out = random.beta(2, 3, 3000)
    base = Base(probability, np.full(3000, 200.0), np.ones(3000, bool), np.zeros(3000, np.int64))
    worth = Worth.of(base, DECISION)
    chosen = best(base, worth, 5000, {})
    p, inside = probability[chosen], 0
    for _ in range(100):
        label = (random.random(3000) < held_out).astype(np.int64)
        found = Residuals(label, held_out).outlook("", base, worth, chosen, DECISION, 0.9)
        leaves = random.random(len(p)) < p
        takes = ~leaves | (random.random(len(p)) < DECISION.save_rate)
        profit = (np.where(leaves, 200 - 10, -10) * takes - 1).sum()
        inside += found.low <= profit <= found.high
    assert 80 <= inside <= 98
