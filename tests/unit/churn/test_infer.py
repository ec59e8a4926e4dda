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
        ([f"{i % 12 + 1}/{i % 11 + 1}/2025" for i in range(ROWS)], "a date, but day and month cannot be told apart"),
        ([f"2025-01-{i % 28 + 1:02d}" for i in range(ROWS - 4)] + ["soon"] * 4, "a date, but for 4 values such as 'soon'"),
        ([f"u{i}@example.org" for i in range(ROWS)], "an id: e-mail"),
        ([f"{i:032x}" for i in range(ROWS)], "an id: hashes"),
        ([f"+49 (170) {10**6 + i}" for i in range(ROWS)], "an id: phone"),
        (list(random.permutation(range(10**9, 10**9 + ROWS))), "an id: another whole number"),
        ([f"it costs {i // 2} too much" for i in range(ROWS)], "150 levels, more than a tenth of the rows: free text"),
        (["same", "SAME", "same "] * 100, "constant"),
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
        (["ja", "Nein", ""] * 100, "boolean"),
        (["vrai", "faux", "vrai"] * 100, "boolean"),
        (["Yes", "No", "Yes"] * 100, "category"),
        (["Yes", "No", "No service"] * 100, "category"),
        (["$1,200.50", "$3", ""] * 100, "number"),
        (["12.5%", "3%", ""] * 100, "number"),
        (["12.5%", "0.3", ""] * 100, "category"),
        (["007", "010", "123"] * 100, "category"),
        (["0", "10", "0.5"] * 100, "number"),
        (["4.1.12", "4.1.2", ""] * 100, "category"),
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
    assert found.words == {}


def test_a_word_among_numbers_means_missing():
    """A word that stands among the numbers of one column and nowhere else joins the missing words; elsewhere it is a level."""
    numbers = [str(i % 50) for i in range(ROWS)]
    odd = ["error", *numbers[1:]]
    found = infer(pd.DataFrame({"x": odd, "y": ["a", "b", "c"] * 100}), [])
    assert found.columns["x"] == "number"
    assert "error" in found.missing_words
    assert found.notes == ["x: numbers stored as text, 1 x 'error' read as missing"]
    found = infer(pd.DataFrame({"x": odd, "y": ["a", "b", "error"] * 100}), [])
    assert "error" not in found.missing_words
    assert found.columns["y"] == "category"


@pytest.mark.parametrize(
    ("columns", "decimal", "other", "asked"),
    [
        ({"a": ["1,5", "2"], "b": ["1.234,5", "7"]}, ",", (), 0),
        ({"a": ["1.5", "2"], "b": ["1,234.5", "7"]}, ".", (), 0),
        ({"a": ["1,5", "2"], "b": ["3,5", "7"], "c": ["0.25", "1"]}, ",", ("c",), 0),
        ({"a": ["1,5", "2"], "b": ["1.234", "7"]}, ",", (), 1),
        ({"a": ["1,234", "7"]}, ".", (), 1),
    ],
)
def test_the_decimal_sign_is_decided_once(columns, decimal, other, asked):
    """All columns decide on one sign, those that show the other are named, and what could be read in two ways is told."""
    found = infer(pd.DataFrame({name: values * 150 for name, values in columns.items()}), [])
    assert (found.reading.decimal, found.reading.other_decimal) == (decimal, other)
    assert len([line for line in found.decide if "decimal sign" in line]) == asked
    assert set(found.columns.values()) == {"number"}


def test_spellings_of_a_level_are_merged_and_what_only_resembles_is_told():
    """Case, space, hyphen and underscore make no level; a rare level that looks like another is asked about and stays."""
    values = ["Two year"] * 150 + ["two-year", "TWO  YEAR", "Two_year"] * 20 + ["Month"] * 88 + ["Two yaer"] * 2
    found = infer(pd.DataFrame({"x": values}), [])
    assert found.spellings == {"x": dict.fromkeys(["TWO  YEAR", "Two_year", "two-year"], "Two year")}
    assert any("is 'Two yaer' a mistake for 'Two year'?" in line for line in found.decide)


@pytest.mark.parametrize("pair", [("A", "A-"), ("1-2", "12"), ("level 1", "level 2"), ("M", "W"), ("C+", "C")])
def test_levels_that_differ_in_more_stay_apart(pair):
    """Grades, ranges and numbered levels are no spellings of one another, and nobody is asked about them."""
    found = infer(pd.DataFrame({"x": [*pair] * 148 + [pair[0]] * 4}), [])
    assert found.spellings == {}
    assert found.decide == []


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2024-01-31", "2024-12-01"], ("%Y-%m-%d",)),
        (["2024-01-31 10:15:00", "2024-12-01T08:00:00Z"], ("%Y-%m-%d",)),
        (["31.01.2024", "1.12.2024"], ("%d.%m.%Y",)),
        (["1/31/24", "12/1/24"], ("%m/%d/%y",)),
        (["31-01-2024", "12/31/2024", "2024/03/01", "3 Mar 2024", "March 3, 2024"],
         ("%B %d, %Y", "%Y/%m/%d", "%d %b %Y", "%d-%m-%Y", "%m/%d/%Y")),
        (["01/03/2024", "01/04/2024", "01/05/2024"], ("%d/%m/%Y",)),
        (["20240131", "20241201"], ("%Y%m%d",)),
        (["2024-01", "2023-11"], ("%Y-%m",)),
    ],
)  # fmt: skip
def test_dates_are_found_however_they_are_written(values, formats):
    """Each way in which a column writes its dates is found, and the days since them become a number."""
    found = infer(pd.DataFrame({"x": (values * 300)[:300]}), [])
    assert found.dates == {"x": formats}
    assert found.columns == {"days_since_x": "number"}


def test_dates_are_counted_back_from_what_has_been():
    """A date at which something will end does not tell when the table was drawn."""
    frame = pd.DataFrame({"joined": ["2020-01-01", "2024-06-30"], "contract_end": ["2025-01-01", "2027-01-01"]})
    found = infer(pd.concat([frame] * 150), [])
    assert str(found.as_of) == "2024-06-30"
    assert any("data.as_of" in line for line in found.decide)


def test_dates_are_counted_back_from_the_newest_outcome():
    """Where the target is a date, the table was not drawn before the newest of them."""
    frame = pd.DataFrame({"joined": ["2020-01-01", "2024-06-30"], "ended": ["", "2024-09-30"]})
    assert str(infer(pd.concat([frame] * 150), ["ended"]).as_of) == "2024-09-30"


def test_a_customer_in_many_rows_is_an_id_by_its_name():
    """An id that repeats is found by its name; other columns of as many values are not."""
    values = [f"{10_000 + i // 3}" for i in range(ROWS)]
    assert reason(values, "CustomerId").startswith("an id: 100 of them in 300 rows")
    assert reason(values, "account_number").startswith("an id")
    assert reason(values, "Kundennr").startswith("an id")
    assert reason(values, "salary") == ""


def test_a_word_that_is_an_outcome_does_not_mean_missing():
    """Among the numbers of a column it is strange, and in the target it is known."""
    numbers = [str(at % 90) for at in range(ROWS - 9)] + ["new"] * 9
    found = infer(pd.DataFrame({"state": ["left", "active", "new"] * (ROWS // 3), "score": numbers}), ["state"])
    assert "new" not in found.missing_words
    assert "new" in infer(pd.DataFrame({"score": numbers}), []).missing_words
