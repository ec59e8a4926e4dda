import numpy as np
import pandas as pd
import pytest

from churn.data.conform import conform
from churn.errors import TableError

WORDS = ("", "nan", "none", "unknown")


def column(kind, values, words=WORDS):
    return conform(pd.DataFrame({"x": values}), {"x": kind}, words)["x"].tolist()


def test_numbers_stored_as_text_with_blanks_become_numbers():
    """Text numbers are parsed, and a blank among them is missing."""
    np.testing.assert_array_equal(column("number", ["29.85", " ", "1889.5", " 7 "]), [29.85, np.nan, 1889.5, 7])


def test_decimal_commas_become_numbers():
    """Decimal commas are read as points when that reads more numbers."""
    assert column("number", ["1,5", "2", "-0,25"]) == [1.5, 2, -0.25]


@pytest.mark.parametrize("word", ["NaN", "Unknown", "None", "  unknown ", ""])
@pytest.mark.parametrize("kind", ["category", "number", "boolean"])
def test_words_for_missing_are_missing_in_every_kind(word, kind):
    """A word that means missing is missing whatever the kind of the column."""
    assert pd.isna(column(kind, [word, "1"])[0])


def test_missing_words_may_be_written_in_capitals():
    """A missing word that params.yaml writes in capitals is one."""
    assert column("category", ["NA", "basic"], words=("NA",)) == [None, "basic"]


def test_categories_are_text_however_they_were_stored():
    """Whole floats, integers and padded text give one spelling of a category."""
    assert column("category", [1, 1.0, "1", " 1 "]) == ["1"] * 4
    assert column("category", [1.0, np.nan]) == ["1", None]


@pytest.mark.parametrize(
    "values", [["Yes", "no", ""], ["TRUE", "false", "none"], [1, 0, None], [True, False, None], [1.0, 0.0, np.nan]]
)
def test_booleans_in_any_spelling(values):
    """Every usual spelling of true and false is a boolean, and missing stays missing."""
    np.testing.assert_array_equal(column("boolean", values), [1, 0, np.nan])


@pytest.mark.parametrize(
    ("kind", "value", "what"),
    [("number", "cheap", "a number"), ("number", "inf", "a number"), ("boolean", "maybe", "true or false")],
)
def test_a_wrong_value_is_shown_with_its_column(kind, value, what):
    """The refusal names the column, counts the wrong values and shows one."""
    with pytest.raises(TableError, match=f"column 'x': 2 values are not {what}, for example '{value}'"):
        column(kind, ["1", value, value])


def test_an_absent_column_is_named():
    """The refusal of a table without a declared column names the column."""
    with pytest.raises(TableError, match="column 'charge' is declared"):
        conform(pd.DataFrame({"x": ["1"]}), {"x": "number", "charge": "number"}, WORDS)


def test_columns_that_nobody_declared_are_left_out():
    """Only declared columns remain, in the declared order."""
    raw = pd.DataFrame({"a": ["1"], "b": ["2"], "c": ["3"]})
    assert list(conform(raw, {"c": "number", "a": "category"}, WORDS)) == ["c", "a"]
