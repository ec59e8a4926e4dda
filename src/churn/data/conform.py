"""Give the columns of a raw table their declared kinds; files may hold numbers as text, the API may not."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from churn.contract import Contract
from churn.contract.encode import as_text
from churn.data.numbers import to_numbers
from churn.data.words import Column, blank, by_value, truth
from churn.errors import TableError
from churn.params import Kind, Reading

PLAIN = Reading()
Spellings = Mapping[str, Mapping[str, str]]


def conform(
    raw: pd.DataFrame,
    kinds: Mapping[str, Kind],
    missing_words: Collection[str],
    reading: Reading = PLAIN,
    spellings: Spellings | None = None,
) -> pd.DataFrame:
    """Select and convert the declared columns.

    reading: how numbers are written. spellings: for a category, other texts and the level that each is read as.
    Returns numbers as float64, categories as text or None, booleans as 0.0 and 1.0; NaN or None where missing.
    Raises TableError for an absent column or a value that is not of its kind.
    """
    absent = [name for name in kinds if name not in raw.columns]
    if absent:
        raise TableError(f"column '{absent[0]}' is declared in params.yaml and absent from the table")
    columns: dict[str, Column] = {}
    for name, kind in kinds.items():
        if kind == "number":
            columns[name] = _number(raw[name], missing_words, reading)
        elif kind == "boolean":
            columns[name] = _boolean(blank(raw[name], missing_words))
        else:
            columns[name] = _category(blank(raw[name], missing_words), (spellings or {}).get(name, {}))
    return pd.DataFrame(columns, index=raw.index)


def conform_to(contract: Contract, raw: pd.DataFrame) -> pd.DataFrame:
    """Select and convert the features of a contract; what it reads as another level becomes that level."""
    kinds = {column.name: column.kind for column in contract.columns}
    spellings = {column.name: column.read_as for column in contract.columns}
    return conform(raw, kinds, contract.missing_words, contract.reading, spellings)


def columns_of(frame: pd.DataFrame, contract: Contract) -> dict[str, Any]:
    """The features of a conformed frame as the encoder takes them."""
    return {name: frame[name].to_numpy() for name in contract.features}


def _number(column: Column, missing_words: Collection[str], reading: Reading) -> Column:
    sign, unit = reading.sign(str(column.name)), reading.units.get(str(column.name), "")
    numbers = to_numbers(column, sign, unit, missing_words)
    suspect = numbers.isna() & column.notna()
    if suspect.any():  # all that is known here is a missing word, or wrong
        wrong = blank(column[suspect], missing_words).dropna()
        _refuse(wrong, f"a number with the decimal sign '{sign}'" if wrong.map(str).str.contains("[.,]").any() else "a number")
    return numbers


def _category(column: Column, spellings: Mapping[str, str]) -> Column:
    return by_value(column, lambda value: spellings.get(text := as_text(value), text))


def _boolean(column: Column) -> Column:
    flags = by_value(column, truth).astype(float)
    _refuse(column[flags.isna() & column.notna()], "true or false")
    return flags


def _refuse(wrong: Column, what: str) -> None:
    if len(wrong):
        raise TableError(f"column '{wrong.name}': {len(wrong)} values are not {what}, for example '{wrong.iloc[0]}'")
