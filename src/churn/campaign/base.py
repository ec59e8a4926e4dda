"""Read a scored base: first the numbers of all customers, then the words about the chosen ones."""

from collections.abc import Iterator, Sequence
from typing import Any

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from churn.campaign.choice import Base, Rows
from churn.contract.encode import as_text
from churn.data.conform import typed
from churn.data.words import MISSING_WORDS
from churn.errors import TableError
from churn.params import Campaign
from churn.score import files

CONTROL = ("control_group", "control")  # columns that say who is never contacted: of the model, and one that was kept


def numbers(place: str, policy: Campaign, saved_value: float) -> Base:
    """The numbers of a scored base. Raises TableError where it lacks a column that params.yaml names."""
    parts = list(_tables(place, ["probability", *CONTROL, policy.value, policy.segment]))
    for name in ("probability", policy.value, policy.segment):
        if name and name not in parts[0].column_names:
            raise TableError(f"{place} lacks the column '{name}'; score again with `churn score ... --keep '{name}'`")
    table = pa.concat_tables(parts)
    probability = table["probability"].to_numpy()
    free = np.ones(len(table), dtype=bool)
    for name in (name for name in CONTROL if name in table.column_names):
        free &= ~_flags(table[name], name)
    value = _values(table, policy.value) if policy.value else np.full(len(table), saved_value)
    if not policy.segment:
        return Base(probability, value, free, np.zeros(len(table), dtype=np.int64))
    return Base(probability, value, free, *_segments(table[policy.segment]))


def _segments(column: pa.ChunkedArray) -> tuple[Rows, tuple[str, ...]]:
    """For each row the place of its segment, and the segments as params.yaml names them."""
    plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    coded = plain.combine_chunks().dictionary_encode(null_encoding="encode")
    names, place = np.unique([_named(cell) for cell in coded.dictionary.to_pylist()], return_inverse=True)
    return place[coded.indices.to_numpy()], tuple(names.tolist())


def _named(cell: Any) -> str:
    """True and false as YAML writes them, a whole number without decimals, nothing as the empty text."""
    if pd.isna(cell):
        return ""
    return str(cell).lower() if isinstance(cell, bool) else as_text(cell)


def names(place: str, rows: Rows, identity: str) -> dict[int, Any]:
    """By position in the base, the customers at some rows: their ids, or in a base without ids their rows in the input."""
    wanted, found, start = np.sort(rows), dict[int, Any](), 0
    for table in _tables(place, [identity, "row"]):
        here = wanted[np.searchsorted(wanted, start) : np.searchsorted(wanted, start + len(table))]
        column = table[identity if identity in table.column_names else "row"]
        found |= zip(here.tolist(), column.take(pa.array(here - start)).to_pylist(), strict=True)
        start += len(table)
    return found


def _tables(place: str, names: Sequence[str | None]) -> Iterator[pa.Table]:
    for file in files.find(place):
        there = set(_schema(file.address).names)
        with fsspec.open(file.address) as source:
            yield pq.read_table(source, columns=[name for name in dict.fromkeys(names) if name in there])


def _schema(address: str) -> pa.Schema:
    with fsspec.open(address) as source:
        return pq.read_schema(source)


def _values(table: pa.Table, name: str) -> Any:
    try:
        found = np.asarray(table[name].cast(pa.float64()).to_numpy(), dtype=np.float64)
    except pa.ArrowInvalid as error:
        raise TableError(f"column '{name}', campaign.value in params.yaml, holds other things than numbers") from error
    return np.nan_to_num(found)  # who is worth nobody knows what is not contacted for it


def _flags(column: pa.ChunkedArray, name: str) -> Any:
    """Yes and no in any of the words that tables have for them; who has none is in no control group."""
    values = pd.Series(column.to_pandas(), name=name)
    flags, wrong = typed(values, "boolean", MISSING_WORDS)
    if len(wrong):
        raise TableError(f"column '{name}' of the scored base holds '{wrong.iloc[0]}', which is neither yes nor no")
    return flags.to_numpy() == 1
