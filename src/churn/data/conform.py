"""Give the columns of a raw table their declared kinds; files may hold numbers as text, the API may not."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from churn.contract.encode import as_text
from churn.errors import TableError
from churn.params import Kind

TRUE = {"true", "yes", "1", "t", "y"}
FALSE = {"false", "no", "0", "f", "n"}


def conform(raw: pd.DataFrame, kinds: dict[str, Kind], missing_words: Collection[str]) -> pd.DataFrame:
    """Select and convert the declared columns.

    Returns numbers as float64, categories as text or None, booleans as 0.0 and 1.0; NaN or None where missing.
    Raises TableError for an absent column or a value that is not of its kind.
    """
    absent = [name for name in kinds if name not in raw.columns]
    if absent:
        raise TableError(f"column '{absent[0]}' is declared in params.yaml and absent from the table")
    convert = {"number": _number, "category": _category, "boolean": _boolean}
    columns = {name: convert[kind](blank(raw[name], missing_words)) for name, kind in kinds.items()}
    return pd.DataFrame(columns, index=raw.index)


def blank(column: "pd.Series[object]", missing_words: Collection[str]) -> "pd.Series[object]":
    """Replace empty text and words that mean 'missing' by None."""
    if not is_text(column):
        return column.astype(object).where(column.notna(), None)
    text = column.map(lambda value: value if value is None or value != value else as_text(value))
    return text.astype(object).where(text.notna() & ~text.map(_folded).isin(set(missing_words)), None)


def is_text(column: "pd.Series[object]") -> bool:
    return bool(pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column))


def to_numbers(column: "pd.Series[object]") -> "pd.Series[float]":
    """Parse numbers, with a decimal comma if that reads more of them; NaN where a value is no number."""
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    if is_text(column) and (numbers.isna() & column.notna()).any():
        text = column.where(column.isna(), column.astype(str).str.replace(",", ".", regex=False))
        commas = pd.to_numeric(text, errors="coerce").astype(float)
        numbers = commas if commas.notna().sum() > numbers.notna().sum() else numbers
    return numbers.where(np.isfinite(numbers), np.nan)


def _folded(value: object) -> str:
    return str(value).casefold()


def _number(column: "pd.Series[object]") -> "pd.Series[float]":
    numbers = to_numbers(column)
    _refuse(column, numbers.isna() & column.notna(), "a number")
    return numbers


def _category(column: "pd.Series[object]") -> "pd.Series[object]":
    return column.map(lambda value: None if value is None or value != value else as_text(value)).astype(object)


def _boolean(column: "pd.Series[object]") -> "pd.Series[float]":
    folded = column.map(lambda value: None if value is None else as_text(value).casefold())
    flags = folded.map(lambda text: 1.0 if text in TRUE else 0.0 if text in FALSE else np.nan)
    _refuse(column, flags.isna() & column.notna(), "true or false")
    return flags.astype(float)


def _refuse(column: "pd.Series[object]", wrong: "pd.Series[bool]", what: str) -> None:
    if wrong.any():
        first = column[wrong].iloc[0]
        raise TableError(f"column '{column.name}': {int(wrong.sum())} values are not {what}, for example '{first}'")
