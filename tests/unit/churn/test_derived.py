"""Derived columns: declared, computed, and the same in the graph."""

from typing import get_args

import numpy as np
import pytest

from churn.bundle import session
from churn.bundle.graph import to_onnx
from churn.contract import Contract, Extension
from churn.errors import ParamsError
from churn.explain.build import build
from churn.explain.reasons import reasons
from churn.features.declare import declare
from churn.model import Model, fit_member
from churn.params import Features, Learner

DECLARED = Features.model_validate(
    {
        "ratios": {"charge each month": ["charge", "tenure"]},
        "rates": {"charge per month": ["charge", "tenure"]},
        "differences": {"gap": ["charge", "tenure"]},
        "products": {"paid": ["charge", "tenure"]},
        "crosses": {"plan twice": ["plan", "plan"]},
        "bins": {"age of contract": {"column": "tenure", "edges": [12, 36]}},
    }
)
ODD = [[0, np.nan, np.nan, 1], [np.nan, 30, 3, np.nan], [1e30, 1e30, 0, 0], [0, -0.0, 2, 1], [-5, 1e-30, 99, 2]]


@pytest.fixture
def wide(contract, matrix) -> Contract:
    """The contract with one derived column of each kind."""
    nullable = [column.model_copy(update={"nullable": True}) for column in contract.columns]
    return declare(contract.model_copy(update={"columns": tuple(nullable)}), matrix, DECLARED)


def values(contract, matrix):
    """Each derived column by name."""
    extended = Extension.of(contract).extend(matrix)
    return {one.name: extended[:, len(contract.columns) + i] for i, one in enumerate(contract.derived)}


def test_each_operation_says_what_it_is_named_for(wide):
    """Ratios, rates, differences, products, intervals, pairs of levels, and the count of what is missing."""
    rows = np.array([[24, 48, 1, 1], [0, 30, 0, 1], [np.nan, 30, 2, 0]], dtype=np.float32)
    found = values(wide, rows)
    nan = np.nan
    expected = {
        "charge each month": [2, nan, nan], "charge per month": [2, 30, nan], "gap": [24, 30, nan],
        "paid": [1152, 0, nan], "age of contract": [1, 0, nan], "plan twice": [1, 0, 2], "values not known": [0, 0, 1],
    }  # fmt: skip
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        np.testing.assert_array_equal(found[name], column, err_msg=name)


def test_levels_of_intervals_and_pairs_are_readable(wide):
    """An interval and a pair of levels have names for people, and pairs never seen have none."""
    levels = {one.name: one.levels for one in wide.derived}
    assert levels["age of contract"] == ("up to 12", "12 to 36", "above 36")
    assert levels["plan twice"] == ("basic, basic", "plus, plus", "pro, pro")


@pytest.mark.parametrize("learner", ["logistic", "boosting", "encoded_boosting", "extra_trees"])
@pytest.mark.filterwarnings("ignore:overflow encountered in exp:RuntimeWarning")  # whose infinity gives the right 0
def test_the_graph_computes_them_alike(wide, matrix, rows, knobs, learner):
    """The exported graph and the model agree within 1e-6 on usual and odd rows."""
    model = Model({learner: fit_member(learner, wide, matrix, rows.label, knobs)}, np.array([1.0]), 0.1)
    both = np.vstack([matrix, np.array(ODD, dtype=np.float32)])
    scores = session.run(session.load(to_onnx(model, both.shape[1])), both)
    np.testing.assert_allclose(scores, model.probability(both), rtol=0, atol=1e-6)


@pytest.mark.parametrize("learner", get_args(Learner))
def test_contributions_with_derived_columns_add_up(wide, matrix, rows, knobs, learner):
    """Base plus contributions is the log-odds, a derived column being a reason of its own."""
    model = Model({learner: fit_member(learner, wide, matrix, rows.label, knobs)}, np.array([0.8]), 0.1)
    explainer = build(model, wide, matrix)
    both = np.vstack([matrix[:50], np.array(ODD, dtype=np.float32)])
    extended = Extension.of(wide).extend(both)
    sums = [explainer.base + explainer.contributions(row).sum() for row in extended]
    np.testing.assert_allclose(sums, model.log_odds(both), rtol=0, atol=1e-9)
    found = reasons(explainer, wide, wide.example(), matrix[0], 20)
    assert {one.name for one in wide.model_columns} == {reason.feature for reason in found}


def test_a_contract_keeps_its_derived_columns(wide, tmp_path):
    """What is read back computes the same."""
    wide.save(tmp_path / "contract.json")
    assert Contract.read(tmp_path / "contract.json") == wide


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"ratios": {"x": ["charge", "nothing"]}}, "made of 'nothing', which is no column"),
        ({"ratios": {"x": ["charge", "plan"]}}, "'plan' is a category"),
        ({"crosses": {"x": ["plan", "charge"]}}, "'charge' is a number"),
        ({"products": {"charge": ["charge", "tenure"]}}, "'charge' is the name of a column"),
    ],
)
def test_a_wrong_declaration_is_named(contract, matrix, declared, said):
    """An input that is no column or of another kind, and a name that is taken, are refused in one line."""
    with pytest.raises(ParamsError, match=said):
        declare(contract, matrix, Features.model_validate(declared))
