"""Days since a date, for input that has the date itself, as the table had from which the model was made."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from churn.contract import Column, Contract
from churn.data.dates import days_of_snapshots, ordinals, read_dates
from churn.score.matrix import Floats, Refusal, distinct_of


def with_days(
    contract: Contract, batch: pa.RecordBatch, columns: Sequence[Column], as_of: date | None
) -> tuple[pa.RecordBatch, list[Refusal]]:
    """The batch with numbers in the place of the dates of some columns, and the rows whose dates cannot be read.

    Days are counted back from the day that names the snapshot of a row, or from `as_of` where it names none.
    """
    if not columns or as_of is None:
        return batch, []
    refusals, until = [], _until(contract, batch, as_of)
    for column in columns:
        days, refused = _days(contract, column, batch.column(column.name), until)
        refusals += [refused] if len(refused.rows) else []
        batch = batch.set_column(batch.schema.get_field_index(column.name), column.name, pa.array(days, from_pandas=True))
    return batch, refusals


def _until(contract: Contract, batch: pa.RecordBatch, as_of: date) -> Floats:
    name = contract.snapshot
    if not name or name not in batch.schema.names:
        return np.full(batch.num_rows, float(as_of.toordinal()))
    places, names = distinct_of(name, batch.column(name))
    days = ordinals(days_of_snapshots(names, as_of), names.index).to_numpy()
    return np.append(days, as_of.toordinal())[places]


def _days(contract: Contract, column: Column, values: pa.Array, until: Floats) -> tuple[Floats, Refusal]:
    """A row that is refused has 0 days, so that it is not said to lack them too."""
    places, written = distinct_of(column.name, values)
    found, wrong = read_dates(written, column.dates, contract.missing_words)
    table = ordinals(found, found.index).to_numpy()
    days = until - np.append(table, np.nan)[places]
    rows = np.flatnonzero(np.isin(places, wrong.index.to_numpy()))
    days[rows] = 0
    ways = " or ".join(column.dates)
    said = [f"{column.dated}: '{str(written[at])[:100]}' is not a date written as {ways}" for at in places[rows]]
    return days, Refusal(rows, said)
