"""The rows of a part, as batches of Arrow columns with the names of the contract."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from churn.contract import Contract
from churn.score import parquet, text
from churn.score.days import with_days
from churn.score.matrix import Refusal
from churn.score.plan import Part, Plan, Source, counted, places

ROWS = 1 << 16  # of a batch


class Block(NamedTuple):
    """Rows of a part, and the position of each in its file, from 0. refusals: rows whose dates cannot be read."""

    batch: pa.RecordBatch
    places: npt.NDArray[np.int64]
    refusals: tuple[Refusal, ...] = ()


def blocks(plan: Plan, part: Part, contract: Contract, wrong: list[text.Wrong]) -> Iterator[Block]:
    """Read a part, in blocks of which at least one is there. Rows of text with too few or too many cells go to `wrong`."""
    source = plan.sources[part.file]
    named, done = wanted(source, contract, plan.asked.keep), 0
    dated = counted(contract, source)
    for batch in _batches(source, part, contract, named, wrong):
        for start in range(0, batch.num_rows, ROWS):
            block = batch.slice(start, ROWS).select(list(named.values())).rename_columns(list(named))
            block, refusals = with_days(contract, block, dated, plan.asked.as_of)
            yield Block(block, _places(done, block.num_rows, wrong) + part.rows_before, tuple(refusals))
            done += block.num_rows
    if not done:
        nothing = pa.RecordBatch.from_pylist([], pa.schema([(name, pa.string()) for name in named]))
        yield Block(nothing, np.empty(0, np.int64))


def _places(first: int, count: int, wrong: list[text.Wrong]) -> npt.NDArray[np.int64]:
    """Positions in the part of rows that are counted without the wrong ones."""
    rows = np.arange(first, first + count)
    passed = np.array([one.number - position for position, one in enumerate(wrong)], dtype=np.int64)
    return rows + np.searchsorted(passed, rows, side="right")


def wanted(source: Source, contract: Contract, keep: tuple[str, ...]) -> dict[str, str]:
    """The columns that are read, and their names in the file: features, id and snapshot where there are such, and kept ones."""
    labels = [name for name in (contract.id, contract.snapshot) if name and name in source.columns]
    named = {name: source.columns[name] for name in dict.fromkeys([*labels, *keep])}
    return named | {name: source.columns[read] for name, read in places(contract, source).items()}


def _batches(
    source: Source, part: Part, contract: Contract, named: dict[str, str], wrong: list[text.Wrong]
) -> Iterator[pa.RecordBatch]:
    stretch, names = range(part.start, part.stop), list(dict.fromkeys(named.values()))
    coded = [column for column in contract.columns if column.kind != "number"]
    texts = [named[column.name] for column in [*coded, *counted(contract, source)]]
    if source.form is None:
        return parquet.batches(source.address, stretch, names, texts, ROWS)
    return text.batches(source.address, stretch, source.form, contract.reading, names, texts, wrong)
