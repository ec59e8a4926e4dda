import numpy as np
import pytest

from churn.decision import Decision


def test_the_break_even_of_the_usual_costs(decision):
    """A saved value of 200, an offer of 10, a contact of 1 and a save rate of 0.3 pay above 0.164."""
    assert decision.churner_gain == pytest.approx(56)
    assert decision.stayer_loss == pytest.approx(11)
    assert decision.threshold == pytest.approx(0.164, abs=0.0005)


def test_the_expected_profit_at_the_threshold_is_zero(decision):
    """At the threshold gain and loss are in balance."""
    p = decision.threshold
    assert p * decision.churner_gain - (1 - p) * decision.stayer_loss == pytest.approx(0)


def test_profit_counts_contacted_customers_only(decision):
    """One contacted churner, one contacted stayer and two left alone earn (56 - 11) / 4 each."""
    contacted = np.array([True, True, False, False])
    assert decision.profit_per_1000(np.array([1, 0, 1, 0]), contacted) == pytest.approx(1000 * 45 / 4)


def test_an_offer_that_never_pays_contacts_nobody():
    """Where even a churner costs more than he brings, the threshold is 1."""
    dear = Decision(saved_value=5, offer_cost=10, contact_cost=1, save_rate=0.3)
    assert dear.threshold == 1
    assert not dear.contact(np.array([0.0, 0.5, 1.0])).any()


def test_a_free_contact_without_an_offer_contacts_everybody():
    """Where a stayer costs nothing, everybody who may leave is contacted."""
    free = Decision(saved_value=200, offer_cost=0, contact_cost=0, save_rate=0.3)
    assert free.contact(np.array([0.01, 0.99])).all()


def test_a_decision_survives_its_file(tmp_path, decision):
    """Reading a saved decision gives an equal one."""
    decision.save(tmp_path / "decision.json")
    assert Decision.read(tmp_path / "decision.json") == decision
