"""Words in cells: what is missing, what is true or false; each distinct value of a column is looked at once."""

# ruff: noqa: RUF001 - other languages have letters that look like Latin ones

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from churn.contract.encode import as_text, numbers_among

Column: TypeAlias = "pd.Series[Any]"

MISSING_WORDS = ("", "-", "--", "?", "#n/a", "<na>", "missing", "n.a.", "n/a", "na", "nan", "nat", "none", "null", "unknown")
# Yes and no, true and false, as pairs of one language.
PAIRS = frozenset(
    (yes, no)
    for yes, several in {
        "true": "false", "ja": "nein nee nej nei", "oui": "non", "si": "no", "sí": "no", "sì": "no", "sim": "não nao",
        "da": "net nu ne", "да": "нет не", "tak": "nie", "так": "ні", "evet": "hayır hayir", "ano": "ne nie", "igen": "nem",
        "kyllä": "ei", "jah": "ei", "taip": "ne", "ναι": "όχι", "はい": "いいえ", "是": "否", "예": "아니요", "ya": "tidak",
        "vrai": "faux", "wahr": "falsch", "verdadero": "falso", "verdadeiro": "falso", "vero": "falso", "waar": "onwaar",
        "sant": "falskt usant", "sandt": "falsk", "prawda": "fałsz", "истина": "ложь", "doğru": "yanlış", "真": "假",
    }.items()
    for no in several.split()
)  # fmt: skip
TRUE = {"true", "yes", "1", "t", "y", *(yes for yes, _ in PAIRS)}
FALSE = {"false", "no", "0", "f", "n", *(no for _, no in PAIRS)}


def blank(column: Column, missing_words: Collection[str]) -> Column:
    """Replace empty text and words that mean 'missing' by None, and other values of a text column by their text."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if not is_text(column):
        known = column.notna()
        if pd.api.types.is_numeric_dtype(column):
            known &= ~column.isin([np.inf, -np.inf, *numbers_among(missing_words)])
        return none_unless(known, column)
    absent = {word.strip().casefold() for word in missing_words}
    return by_value(column, lambda value: None if (text := as_text(value)).casefold() in absent else text)


def is_text(column: Column) -> bool:
    """Whether a column holds Python objects or text rather than numbers, booleans or dates."""
    return bool(pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column))


def by_value(column: Column, change: Callable[[Any], Any]) -> Column:
    """What `change` makes of each known value, as objects; None where a value is missing."""
    codes, values = _coded(column.astype(object))
    changed = np.empty(len(values) + 1, dtype=object)
    changed[:-1] = [change(value) for value in values]
    return pd.Series(changed[codes], index=column.index, name=column.name, dtype=object)


def _coded(column: Column) -> tuple[npt.NDArray[np.int64], Any]:
    """For each row the place of its value among the distinct ones, -1 where it is missing; and these."""
    try:  # pandas takes texts for equal up to a zero byte
        coded = pa.array(column, pa.string(), from_pandas=True).dictionary_encode()
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeError):  # not all are texts
        try:
            return pd.factorize(column)
        except TypeError:  # a list in a cell of a Parquet file has no hash
            return pd.factorize(column.map(str, na_action="ignore").astype(object))
    return coded.indices.fill_null(-1).to_numpy().astype(np.int64), coded.dictionary.to_pylist()


def none_unless(known: Column, values: Column) -> Column:
    """Values as objects, None where not known."""
    objects = values.astype(object)
    objects[~known] = None
    return objects


def truth(value: object) -> float:
    """1.0 or 0.0 for a word of truth, NaN for any other."""
    word = as_text(value).casefold()
    return 1.0 if word in TRUE else 0.0 if word in FALSE else np.nan
