"""The least that a model must be able to do."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from churn.contract import encode
from churn.data.conform import conform
from churn.evaluate import calibration_error, calibration_noise


@pytest.mark.parametrize(("name", "least"), [("telco_model", 0.84), ("mlc_model", 0.90)])
def test_public_tables_are_learnt_as_well_as_is_usual(request, name, least):
    """Cross-validated AUC with the default knobs reaches what is usual for the table."""
    assert request.getfixturevalue(name).auc >= least


@pytest.fixture(scope="module")
def next_month(company_model, months, params):
    """Outcomes, learnt and true probabilities of the month after those that were learnt from."""
    month = months[3]
    frame = conform(month.rows, params.data.columns, params.data.missing_words)
    contract = company_model.contract
    learnt = company_model.model.probability(encode(contract, {name: frame[name] for name in contract.features}))
    return month.churned.astype(np.int64), learnt, month.probability


def test_the_simulated_company_is_learnt_nearly_as_well_as_it_can_be(next_month):
    """On the next month the model ranks within 0.03 AUC of the true probability."""
    label, learnt, true = next_month
    assert roc_auc_score(label, learnt) >= roc_auc_score(label, true) - 0.03


def test_probabilities_are_near_the_truth(next_month):
    """Learnt probabilities are close to the true ones, and no less calibrated than chance allows."""
    label, learnt, true = next_month
    assert np.abs(learnt - true).mean() < 0.04
    assert calibration_error(label, learnt) < 1.5 * calibration_noise(learnt, draws=100, seed=0)


@pytest.mark.parametrize("name", ["telco_model", "mlc_model"])
def test_probabilities_are_calibrated_in_the_large(request, name):
    """The mean probability equals the rate of churn within two points."""
    trained = request.getfixturevalue(name)
    assert trained.model.probability(trained.matrix).mean() == pytest.approx(trained.rows.label.mean(), abs=0.02)
