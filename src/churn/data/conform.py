"""Give the columns of a raw table their declared kinds; files may hold numbers as text, the API may not."""

from collections.abc import Collection
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from churn.contract import Contract
from churn.contract.encode import as_text
from churn.errors import TableError
from churn.params import Kind

Column: TypeAlias = "pd.Series[Any]"
THOUSANDS = r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?"
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


def blank(column: Column, missing_words: Collection[str]) -> Column:
    """Replace empty text and words that mean 'missing' by None."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if not is_text(column):
        endless = np.isinf(column) if pd.api.types.is_float_dtype(column) else False
        return _none_unless(column.notna() & ~endless, column)
    text = column.map(as_text, na_action="ignore")
    return _none_unless(text.notna() & ~text.map(_folded).isin({word.strip().casefold() for word in missing_words}), text)


def is_text(column: Column) -> bool:
    """Whether a column holds Python objects or text rather than numbers, booleans or dates."""
    return bool(pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column))


def to_numbers(column: Column) -> Column:
    """Parse numbers, with commas as thousands or decimals if that reads more of them; NaN where a value is no number."""
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    if is_text(column) and (numbers.isna() & column.notna()).any():
        text = column.dropna().astype(str)
        commas = text[text.str.contains(",", regex=False)]
        meaning = "" if commas.str.fullmatch(THOUSANDS).all() else "."
        replaced = text.str.replace(",", meaning, regex=False).reindex(column.index)
        parsed = pd.to_numeric(replaced, errors="coerce").astype(float)
        numbers = parsed if parsed.notna().sum() > numbers.notna().sum() else numbers
    return numbers.where(np.isfinite(numbers), np.nan)


def columns_of(frame: pd.DataFrame, contract: Contract) -> dict[str, Any]:
    """The features of a conformed frame as the encoder takes them."""
    return {name: frame[name].to_numpy() for name in contract.features}


def _none_unless(known: Column, values: Column) -> Column:
    """Values as objects, None where not known."""
    objects = values.astype(object)
    objects[~known] = None
    return objects


def _folded(value: object) -> str:
    return str(value).casefold()


def _number(column: Column) -> Column:
    numbers = to_numbers(column)
    _refuse(column, numbers.isna() & column.notna(), "a number")
    return numbers


def _category(column: Column) -> Column:
    return _none_unless(column.notna(), column.map(as_text, na_action="ignore"))


def _boolean(column: Column) -> Column:
    folded = column.map(lambda value: None if value is None else as_text(value).casefold())
    flags = folded.map(lambda text: 1.0 if text in TRUE else 0.0 if text in FALSE else np.nan)
    _refuse(column, flags.isna() & column.notna(), "true or false")
    return flags.astype(float)


def _refuse(column: Column, wrong: Column, what: str) -> None:
    if wrong.any():
        first = column[wrong].iloc[0]
        raise TableError(f"column '{column.name}': {int(wrong.sum())} values are not {what}, for example '{first}'")
