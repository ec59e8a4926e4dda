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
        columns[name], wrong = typed(raw[name], kind, missing_words, reading, (spellings or {}).get(name, {}))
        _refuse(wrong, kind, reading)
    return pd.DataFrame(columns, index=raw.index)


def typed(
    column: Column,
    kind: Kind,
    missing_words: Collection[str],
    reading: Reading = PLAIN,
    spellings: Mapping[str, str] | None = None,
) -> tuple[Column, Column]:
    """The values of a column as `conform` returns them, and those known ones that are not of its kind, with their index."""
    if kind == "number":
        return _number(column, missing_words, reading)
    values = blank(column, missing_words)
    if kind == "boolean":
        flags = by_value(values, truth).astype(float)
        return flags, values[flags.isna() & values.notna()]
    return by_value(values, lambda value: (spellings or {}).get(text := as_text(value), text)), values[:0]


def conform_to(contract: Contract, raw: pd.DataFrame) -> pd.DataFrame:
    """Select and convert the features of a contract; what it reads as another level becomes that level."""
    kinds = {column.name: column.kind for column in contract.columns}
    spellings = {column.name: column.read_as for column in contract.columns}
    return conform(raw, kinds, contract.missing_words, contract.reading, spellings)


def columns_of(frame: pd.DataFrame, contract: Contract) -> dict[str, Any]:
    """The features of a conformed frame as the encoder takes them."""
    return {name: frame[name].to_numpy() for name in contract.features}


def _number(column: Column, missing_words: Collection[str], reading: Reading) -> tuple[Column, Column]:
    sign, unit = reading.sign(str(column.name)), reading.units.get(str(column.name), "")
    numbers = to_numbers(column, sign, unit, missing_words)
    suspect = numbers.isna() & column.notna()  # all that is known there is a missing word, or wrong
    return numbers, blank(column[suspect], missing_words).dropna()


def _refuse(wrong: Column, kind: Kind, reading: Reading) -> None:
    if len(wrong):
        told = what(kind, wrong, reading)
        raise TableError(f"column '{wrong.name}': {len(wrong)} values are not {told}, for example '{wrong.iloc[0]}'")


def what(kind: Kind, wrong: Column, reading: Reading) -> str:
    """What values that are not of their kind should have been, in words."""
    if kind == "boolean":
        return "true or false"
    signed = bool(wrong.map(str).str.contains("[.,]").any())
    return f"a number with the decimal sign '{reading.sign(str(wrong.name))}'" if signed else "a number"
