from datetime import date

import numpy as np
import pandas as pd
import pytest

from churn.data.dates import with_days
from churn.data.labelled import labelled
from churn.errors import TableError
from churn.params import Data

DATA = Data(
    target="left",
    positive="Yes",
    missing_words=("", "nat"),
    columns={"days_since_joined": "number"},
    dates={"joined": ("%Y-%m-%d", "%d/%m/%Y")},
    as_of=date(2024, 6, 30),
)


def days(values, snapshots=None, data=DATA):
    names = np.array(snapshots or ["base"] * len(values), dtype=object)
    return with_days(pd.DataFrame({"joined": values}), data, names)["days_since_joined"].tolist()


def test_days_are_counted_back_from_the_declared_day():
    """Dates in any of the declared ways, with or without a time, become days; missing ones stay missing."""
    values = ["2024-06-30", "29/06/2024", "2024-06-28 23:59", pd.Timestamp("2024-06-27"), "2024-07-01", " ", "NaT", None]
    np.testing.assert_array_equal(days(values), [0, 1, 2, 3, -1, np.nan, np.nan, np.nan])


@pytest.mark.parametrize(
    ("name", "counted"), [("2024-06-02", 1), ("feedback-2024-06", 0), ("202406", 0), ("base", 29), ("3", 29), ("2024-13", 29)]
)
def test_days_are_counted_back_from_a_snapshot_named_by_a_day(name, counted):
    """A snapshot whose name is a day or a month is the day from which its rows are counted back."""
    assert days(["2024-06-01"], [name]) == [counted]


def test_a_value_that_is_no_date_is_refused():
    """A date in an undeclared way is refused with the column, the ways and an example, and never guessed."""
    with pytest.raises(
        TableError, match=r"column 'joined': 1 values are not dates written as %Y-%m-%d or %d/%m/%Y, .*'6/30/24'"
    ):
        days(["2024-06-30", "6/30/24"])


def test_a_table_that_has_the_days_keeps_them():
    """What was scored holds the days already; they are taken as they are."""
    raw = pd.DataFrame({"days_since_joined": ["3", "4"], "left": ["Yes", "No"]})
    assert labelled("base", raw, DATA).frame["days_since_joined"].tolist() == [3, 4]


def test_a_table_without_the_date_is_refused():
    """A table with neither date nor days lacks a column."""
    with pytest.raises(TableError, match="column 'days_since_joined' is declared"):
        labelled("base", pd.DataFrame({"left": ["Yes", "No"]}), DATA)
