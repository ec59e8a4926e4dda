"""Who left: the target column as 1, 0 or not known."""

import pandas as pd

from churn.contract.encode import as_text
from churn.data.words import Column, blank, by_value
from churn.errors import TableError
from churn.params import Data

OPPOSITE = {"Yes": "No", "yes": "no", "YES": "NO", "1": "0", "True": "False", "true": "false", "Y": "N"}


def target_labels(raw: pd.DataFrame, data: Data) -> "pd.Series[float]":
    """1.0 for customers who left, 0.0 for others, NaN where the outcome is not known. Values match in any case and spacing."""
    if data.target not in raw.columns:
        raise TableError(f"target column '{data.target}' is absent; the columns are {', '.join(raw.columns)}")
    values = blank(raw[data.target], data.missing_words)
    if data.positive is None:
        return (values.notna() == (data.positive_when == "present")).astype(float)
    positive = folded(data.positive)
    return by_value(values, lambda value: float(folded(value) == positive)).astype(float)


def folded(value: object) -> str:
    """A value without regard to case and to how much space stands in and around it."""
    return " ".join(as_text(value).split()).casefold()


def spellings_of(positive: str, values: Column) -> list[str]:
    """How the positive value is written in a column, if in more than one way."""
    found = sorted({str(value) for value in values.dropna().unique() if folded(value) == folded(positive)})
    return found if len(found) > 1 else []


def written(churned: bool, data: Data) -> str:
    """What to write into the target column for a known outcome."""
    if data.positive is None:
        return "yes" if churned == (data.positive_when == "present") else ""
    return data.positive if churned else OPPOSITE.get(data.positive, f"not {data.positive}")
