import numpy as np
import pandas as pd
import pytest

from churn.contract import encode
from churn.data.describe import describe
from churn.model import train


def test_a_contract_tells_what_was_seen(rows, data):
    """Levels are sorted, ranges are the observed ones, and only what was missing may be missing."""
    tenure, charge, plan, family = describe(rows.frame, data).columns
    assert (tenure.minimum, tenure.maximum, tenure.nullable) == (0, 71, False)
    assert charge.nullable
    assert plan.levels == ("basic", "plus", "pro")
    assert isinstance(family.example, bool)


def test_the_example_is_a_value_that_occurs(rows, data):
    """Every value of the example row occurs in the table."""
    example = describe(rows.frame, data).example()
    assert all((rows.frame[name] == value).any() for name, value in example.items())


def test_the_roles_of_columns_are_kept(rows, data):
    """Target, id, snapshot and missing words come from params.yaml unchanged."""
    contract = describe(rows.frame, data)
    assert [getattr(contract, name) for name in ("target", "positive", "id", "snapshot", "missing_words")] == [
        getattr(data, name) for name in ("target", "positive", "id", "snapshot", "missing_words")
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "category",
        "number",
        "boolean",
    ],
)
def test_a_column_that_is_missing_everywhere_can_be_trained_on(rows, data, knobs, kind):
    """A column that lost all its values in the window of training does not stop the training."""
    lost = data.model_copy(update={"columns": data.columns | {"lost": kind}})
    frame = rows.frame.assign(lost=pd.Series([None] * len(rows), dtype=object if kind == "category" else float))
    contract = describe(frame, lost)
    matrix = encode(contract, {name: frame[name] for name in contract.features})
    model, _ = train(contract, matrix, rows.label, rows.group, knobs)
    assert np.isfinite(model.probability(matrix)).all()


def test_rare_levels_are_read_as_one(data):
    """Beyond the bound the rarest levels become one, ties by name; those spelt in another way follow their level."""
    few = data.model_copy(
        update={"columns": {"plan": "category"}, "most_levels": 3, "spellings": {"plan": {"E!": "e", "B!": "b"}}}
    )
    frame = pd.DataFrame({"plan": ["a"] * 5 + ["b"] * 4 + ["d", "c", "e"]})
    (column,) = describe(frame, few).columns
    assert column.levels == ("a", "b", "(other)")
    assert column.read_as == {"E!": "(other)", "B!": "b", "c": "(other)", "d": "(other)", "e": "(other)"}
    codes = encode(describe(frame, few), {"plan": ["a", "b", "B!", "c", "e", "E!", "new"]})
    assert codes[:, 0].tolist() == [0, 1, 1, 2, 2, 2, 3]


def test_as_many_levels_as_the_bound_stay(data):
    """A category with no more levels than the bound keeps them all."""
    few = data.model_copy(update={"columns": {"plan": "category"}, "most_levels": 3})
    (column,) = describe(pd.DataFrame({"plan": ["c", "a", "b", None]}), few).columns
    assert (column.levels, column.read_as) == (("a", "b", "c"), {})
