import numpy as np
import pandas as pd
import pytest

from churn.data.conform import PLAIN, conform
from churn.errors import TableError
from churn.params import Reading

WORDS = ("", "nan", "none", "unknown")


def column(kind, values, words=WORDS, reading=PLAIN, spellings=None):
    return conform(pd.DataFrame({"x": values}), {"x": kind}, words, reading, {"x": spellings or {}})["x"].tolist()


def test_numbers_stored_as_text_with_blanks_become_numbers():
    """Text numbers are parsed, and a blank among them is missing."""
    np.testing.assert_array_equal(column("number", ["29.85", " ", "1889.5", " 7 "]), [29.85, np.nan, 1889.5, 7])


def test_decimal_commas_become_numbers():
    """Decimal commas are read where they are declared, for the table or for the column."""
    assert column("number", ["1,5", "2", "-0,25"], reading=Reading(decimal=",")) == [1.5, 2, -0.25]
    assert column("number", ["1,5", "2", "-0,25"], reading=Reading(other_decimal=("x",))) == [1.5, 2, -0.25]


def test_another_decimal_sign_than_declared_is_refused():
    """A number with the other sign is refused with the declared one named, and never read as another number."""
    with pytest.raises(TableError, match=r"a number with the decimal sign '\.', for example '1,5'"):
        column("number", ["1,5", "2"])


def test_numbers_that_are_numbers_already_have_no_sign():
    """What a spreadsheet holds as a number is that number, whatever sign is declared for text."""
    assert column("number", [1.5, "2,5", 3], reading=Reading(decimal=",")) == [1.5, 2.5, 3]


def test_a_declared_unit_may_stand_beside_a_number():
    """A declared unit is read over, and may be absent; another one is refused."""
    reading = Reading(units={"x": "€"})
    assert column("number", ["€ 1,200.50", "3 €", "-€4", "(5 €)", "6"], reading=reading) == [1200.5, 3, -4, -5, 6]
    with pytest.raises(TableError, match="not a number"):
        column("number", ["$3"], reading=reading)
    assert column("number", ["Rs. 1,200.50", "Rs 3"], reading=Reading(units={"x": "Rs"})) == [1200.5, 3]
    assert column("number", ["500.00 kr.", "-kr 3"], reading=Reading(units={"x": "kr"})) == [500, -3]
    assert column("number", ["$.50", "-$.75", "$2"], reading=Reading(units={"x": "$"})) == [0.5, -0.75, 2]
    assert column("number", ["USD.5", "3 USD"], reading=Reading(units={"x": "USD"})) == [0.5, 3]


def test_a_number_may_mean_missing():
    """A number among the missing words is missing however it is written."""
    np.testing.assert_array_equal(column("number", ["-999", "-999.0", "1"], words=("-999",)), [np.nan, np.nan, 1])


def test_declared_spellings_become_one_level():
    """Another spelling becomes the level that params.yaml names, and any text that it does not name stays."""
    assert column("category", ["PRO ", "pro", "Pro"], spellings={"PRO": "pro"}) == ["pro", "pro", "Pro"]


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
    "values",
    [
        ["ja", "Nein", ""],
        ["VRAI", "faux", "none"],
        ["да", "нет", ""],
        ["Yes", "no", ""],
        ["TRUE", "false", "none"],
        [1, 0, None],
        [True, False, None],
        [1.0, 0.0, np.nan],
    ],
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
