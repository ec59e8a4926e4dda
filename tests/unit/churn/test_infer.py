import numpy as np
import pandas as pd
import pytest

from churn.data.infer import infer

ROWS = 300
random = np.random.default_rng(0)


def reason(values, name="x"):
    return infer(pd.DataFrame({name: values}), []).drop.get(name, "")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["same"] * ROWS, "constant"),
        ([""] * ROWS, "all values are missing"),
        (["NaN", "Unknown", "None"] * 100, "all values are missing"),
        ([None] * ROWS, "all values are missing"),
        ([f"C{i}" for i in range(ROWS)], "an id: another text"),
        ([str(i) for i in range(ROWS)], "an id: another whole number"),
        ([f"street {i // 2}" for i in range(ROWS)], "150 levels"),
        ([f"2025-01-{i % 28 + 1:02d}" for i in range(ROWS)], "a date"),
        ([f"{i % 28 + 1}/1/2025" for i in range(ROWS)], "a date"),
        (list(pd.date_range("2025-01-01", periods=20)) * 15, "a date"),
    ],
)
def test_a_column_that_is_no_feature_is_dropped_with_its_reason(values, why):
    """Constants, empty columns, ids, row numbers, free text and dates are left out, each for a stated reason."""
    assert reason(values).startswith(why)


def test_a_shuffled_number_is_an_id_by_its_name():
    """Distinct whole numbers in no order are an id where the column is named like one, and a feature elsewhere."""
    values = random.permutation(ROWS)
    assert reason(values, "customerID").startswith("an id")
    assert reason(values, "salary") == ""


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1.5", " ", "2"] * 100, "number"),
        (["1,5", "2,25", "3"] * 100, "number"),
        (["true", "False", ""] * 100, "boolean"),
        ([True, False, None] * 100, "boolean"),
        (["Yes", "No", "No service"] * 100, "category"),
        (["0", "1", "1"] * 100, "number"),
        (["only", "", "only"] * 100, "category"),
    ],
)
def test_kinds_are_found(values, kind):
    """Numbers, booleans and categories are told apart."""
    assert infer(pd.DataFrame({"x": values}), []).columns == {"x": kind}


def test_columns_with_a_role_are_not_features():
    """Target, id and snapshot are neither features nor dropped."""
    found = infer(pd.DataFrame({"left": ["Yes", "No"] * 150, "x": ["1", "2", "3"] * 100}), ["left"])
    assert found.columns == {"x": "number"}
    assert found.drop == {}


def test_words_read_as_missing_are_told():
    """A note counts each word that was read as missing, and blanks."""
    found = infer(pd.DataFrame({"x": ["1", "2"] * 147 + ["Unknown"] * 4 + [" "] * 2}), [])
    assert found.notes == ["x: numbers stored as text, 4 x 'Unknown', 2 blank read as missing"]
