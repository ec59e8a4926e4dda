"""Dates: how they are written, and what a model reads of them, the days since each."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.data.words import Column, blank, by_value
from churn.errors import TableError
from churn.params import Data
from churn.params.data import days_since

TIME = re.compile(r"[T ]+\d{1,2}:\d{2}.*$")  # the time of day is left out
SNAPSHOT_FORMATS = ("%Y-%m-%d", "%Y-%m", "%Y%m%d", "%Y%m", "%Y/%m/%d", "%Y/%m", "%d.%m.%Y", "%m.%Y")
SLASHED = ("%m/%d/%Y",), ("%d/%m/%Y",)  # one of which all names must follow


def to_date(value: Any, formats: Sequence[str]) -> date | None:
    """The day of a value, by the first of the formats (those of strptime) that it is written in; None if by none."""
    if isinstance(value, (datetime, date)):
        return value.date() if isinstance(value, datetime) else value
    text = TIME.sub("", str(value).strip())
    for form in formats:
        if form == "%Y%m%d" and len(text) != len("20240131"):
            continue  # strptime would read 202411 as the first of January
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def with_days(raw: pd.DataFrame, data: Data, snapshot: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Add the days since each declared date, unless the table has them already, as what was scored has.

    They are counted back from the day that names the snapshot of a row, shape (n,), or from `data.as_of` where it names
    none. Raises TableError for a value that is no date.
    """
    wanted = [name for name in data.dates if name in raw.columns and days_since(name) not in raw.columns]
    if not wanted:
        return raw
    until = ordinals(days_of_snapshots(snapshot, data.as_of), raw.index)
    return raw.assign(**{days_since(name): until - ordinals(_dates(raw[name], data), raw.index) for name in wanted})


def days_of_snapshots(names: Iterable[Any], as_of: date | None) -> Column:
    """The day that each snapshot's name spells, or `as_of`."""
    bare = pd.Series(list(names), dtype=object).map(lambda name: str(name).removeprefix("feedback-"))
    return by_value(bare, lambda name: to_date(name, SNAPSHOT_FORMATS) or as_of)


def read_dates(column: Column, formats: Sequence[str], missing_words: Collection[str]) -> tuple[Column, Column]:
    """The day of each value, None where it is missing or no date; and the values that are no dates written so."""
    values = blank(column, missing_words)
    found = by_value(values, lambda value: to_date(value, formats))
    return found, values[found.isna() & values.notna()]


def _dates(column: Column, data: Data) -> Column:
    formats = data.dates[str(column.name)]
    found, wrong = read_dates(column, formats, data.missing_words)
    if len(wrong):
        raise TableError(
            f"column '{column.name}': {len(wrong)} values are not dates written as {' or '.join(formats)}, "
            f"for example '{wrong.iloc[0]}'; correct data.dates in params.yaml or the values"
        )
    return found


def ordinals(days: Column, index: "pd.Index[Any]") -> "pd.Series[float]":
    """The number of each day, counted from the year 1; NaN for None."""
    return pd.Series(by_value(days, lambda day: float(day.toordinal())).astype(float).to_numpy(), index=index)
