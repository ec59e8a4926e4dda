"""Arrow columns to the float matrix of the encoder, a column at a time.

Each distinct value of a column goes the way that all tables go (`churn.data.conform`, then `churn.contract.encode`) once;
numbers that are plain are converted by Arrow, which reads them as that way does.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from churn.contract import Column, Contract
from churn.contract.encode import LARGEST, Matrix, codes, numbers_among
from churn.data.conform import typed, what
from churn.errors import TableError

NUMERIC = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class Refusal(NamedTuple):
    """Rows (k,) that cannot be scored, and for each why."""

    rows: Rows
    reasons: list[str]


class Encoded(NamedTuple):
    """matrix: (n, features), whatever is refused is NaN in it."""

    matrix: Matrix
    refusals: list[Refusal]


def encoded(contract: Contract, batch: pa.RecordBatch) -> Encoded:
    """Encode the features of a batch, whose columns have the names of the contract.

    A value that is not of its kind is refused, and so is a missing one where training saw none missing, as the API does.
    """
    matrix = np.empty((batch.num_rows, len(contract.columns)), dtype=np.float32)
    refusals: list[Refusal] = []
    for position, column in enumerate(contract.columns):
        cells, refused = _cells(contract, column, batch.column(column.name))
        matrix[:, position] = cells
        refusals += [refused] if len(refused.rows) else []
        if not column.nullable:
            refusals += _absent(column, matrix[:, position], refused.rows)
    return Encoded(matrix, refusals)


def _absent(column: Column, cells: Matrix, refused: Rows) -> Iterator[Refusal]:
    absent = np.setdiff1d(np.flatnonzero(np.isnan(cells)), refused)
    if len(absent):
        yield Refusal(absent, [f"{column.name}: is missing, and in training it never was"] * len(absent))


def _cells(contract: Contract, column: Column, values: pa.Array) -> tuple[Floats, Refusal]:
    if column.kind == "number" and (found := _plain(contract, column, values)) is not None:
        return np.clip(found, -LARGEST, LARGEST), Refusal(np.empty(0, np.int64), [])
    return _by_value(contract, column, values)


def _plain(contract: Contract, column: Column, values: pa.Array) -> Floats | None:
    """Numbers, or text that spells each of them plainly; None for anything else."""
    kind = values.type
    numbers_missing = numbers_among(contract.missing_words)
    if any(is_of(kind) for is_of in NUMERIC):
        numbers = _floats(values.cast(pa.float64(), safe=False))
        return np.where(np.isfinite(numbers) & ~np.isin(numbers, numbers_missing), numbers, np.nan)
    if not _is_text(kind) or contract.reading.sign(column.name) != "." or numbers_missing:
        return None
    try:
        numbers = _floats(values.cast(pa.float64()))
    except pa.ArrowInvalid:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _floats(values: pa.Array) -> Floats:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _by_value(contract: Contract, column: Column, values: pa.Array) -> tuple[Floats, Refusal]:
    """Look at each distinct value once."""
    places, distinct = distinct_of(column.name, values)
    known, wrong = typed(distinct, column.kind, contract.missing_words, contract.reading, column.read_as)
    table = np.append(codes(contract, column, known.tolist()), np.nan)
    if not len(wrong):
        return table[places], Refusal(np.empty(0, np.int64), [])
    reasons = {at: _reason(contract, column, wrong[wrong.index == at]) for at in wrong.index.tolist()}
    rows = np.flatnonzero(np.isin(places, list(reasons)))
    return table[places], Refusal(rows, [reasons[at] for at in places[rows].tolist()])


def _reason(contract: Contract, column: Column, wrong: "pd.Series[Any]") -> str:
    return f"{column.name}: '{str(wrong.iloc[0])[:100]}' is not {what(column.kind, wrong, contract.reading)}"


def distinct_of(name: str, values: pa.Array) -> tuple[Rows, "pd.Series[Any]"]:
    """For each row the place of its value among the distinct ones, one behind the last where it is null; and these."""
    try:
        coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    except pa.ArrowNotImplementedError as error:
        raise TableError(f"column '{name}' holds {values.type}, which is no single value") from error
    places = pc.fill_null(coded.indices.cast(pa.int64()), len(coded.dictionary))
    return places.to_numpy(zero_copy_only=False), pd.Series(coded.dictionary.to_pandas(), name=name)
