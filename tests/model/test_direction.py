"""Which way an answer must move."""

from functools import partial

import numpy as np
import pytest


def test_longer_tenure_does_not_raise_the_risk(telco_model):
    """One more year as a customer does not raise the mean risk on Telco."""
    now = telco_model.model.probability(telco_model.matrix).mean()
    assert telco_model.changed("tenure", lambda months: months + 12).mean() <= now


def test_longer_contracts_lower_the_risk(telco_model):
    """The same customers leave less with two years of contract than from month to month."""
    levels = next(column.levels for column in telco_model.contract.columns if column.name == "Contract")
    assert levels == ("Month-to-month", "One year", "Two year")
    monthly, two = (telco_model.changed("Contract", partial(np.full_like, fill_value=code)).mean() for code in (0, 2))
    assert two < monthly - 0.1


@pytest.mark.parametrize(("column", "by"), [("support_calls", 1), ("late_payments", 1), ("tenure_months", -12)])
def test_what_raises_the_true_risk_raises_the_learnt_risk(company_model, column, by):
    """More calls, more late payments and less tenure raise the mean risk in the simulated company."""
    now = company_model.model.probability(company_model.matrix).mean()
    assert company_model.changed(column, lambda values: np.maximum(values + by, 0)).mean() > now + 0.005


@pytest.mark.parametrize("column", ["region"])
def test_what_says_nothing_hardly_moves_the_risk(company_model, column):
    """A column without any influence on the truth has hardly any on the model."""
    now = company_model.model.probability(company_model.matrix)
    assert np.abs(company_model.changed(column, lambda codes: (codes + 1) % 5) - now).mean() < 0.01
