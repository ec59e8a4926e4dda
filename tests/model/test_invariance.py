"""What must not change an answer."""

import numpy as np
import pytest

from churn.contract import encode
from churn.contract.schema import as_columns
from churn.data.labelled import Labelled


def test_the_order_of_rows_does_not_change_a_score(telco_model, order):
    """Shuffled rows get the shuffled scores, to the last bit."""
    new = order(len(telco_model.rows))
    scores = telco_model.model.probability(telco_model.matrix)
    np.testing.assert_allclose(telco_model.model.probability(telco_model.matrix[new]), scores[new], rtol=1e-12)


def test_the_id_does_not_change_a_score(telco_model):
    """The id is no feature: the same customer under another name encodes to the same row."""
    contract = telco_model.contract
    assert contract.id == "customerID"
    assert contract.id not in contract.features
    row = contract.example()
    one, other = (encode(contract, as_columns(contract, [row | {"customerID": name}])) for name in ("A", "B"))
    np.testing.assert_array_equal(one, other)


def test_the_order_of_rows_hardly_changes_what_is_learnt(company_model, learn, params, order):
    """Learning from shuffled rows of customers with other names ranks and scores nearly the same."""
    rows = company_model.rows
    new = order(len(rows))
    renamed = rows.group[new] * np.uint64(0x9E3779B97F4A7C15)  # an odd factor keeps customers apart
    shuffled = Labelled(rows.frame.iloc[new].reset_index(drop=True), rows.label[new], renamed, rows.snapshot[new])
    again = learn(shuffled, params.data)
    scores = company_model.model.probability(company_model.matrix)
    assert again.auc == pytest.approx(company_model.auc, abs=0.01)
    assert np.abs(again.model.probability(company_model.matrix) - scores).mean() < 0.01


@pytest.mark.parametrize(("plain", "padded"), [("Month-to-month", " Month-to-month ")])
def test_padding_does_not_change_a_score(telco_model, plain, padded):
    """Spaces around a category do not make another category."""
    contract = telco_model.contract
    rows = [contract.example() | {"Contract": text} for text in (plain, padded)]
    one, other = encode(contract, as_columns(contract, rows))
    np.testing.assert_array_equal(one, other)
