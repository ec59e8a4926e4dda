"""Parquet files: their columns, where they may be cut, and their rows."""

from collections.abc import Iterator, Sequence

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from churn.data.read.header import clean
from churn.score.files import File

BUFFER = 1 << 20  # bytes of a column that are read at once


def columns(file: File) -> dict[str, str]:
    """By the name that everything else uses, the name in the file."""
    with fsspec.open(file.address) as source:
        names = pq.read_schema(source).names
    return dict(zip(clean(names), names, strict=True))


def cuts(file: File, most: int) -> Iterator[tuple[int, int, int]]:
    """First row group, the one after the last, and rows before them: at most `most` rows together, or a single group."""
    with fsspec.open(file.address) as source:
        meta = pq.read_metadata(source)
    first = before = held = 0
    for group in range(meta.num_row_groups):
        rows = meta.row_group(group).num_rows
        if held and held + rows > most:
            yield first, group, before
            first, before, held = group, before + held, 0
        held += rows
    if held:
        yield first, meta.num_row_groups, before


def batches(address: str, groups: range, names: Sequence[str], texts: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The columns `names` of some row groups, at most `rows` at a time; those among `texts` as codes and distinct values."""
    with fsspec.open(address) as source:
        file = pq.ParquetFile(source, read_dictionary=list(texts), buffer_size=BUFFER, pre_buffer=False)
        yield from file.iter_batches(rows, row_groups=list(groups), columns=list(names), use_threads=False)
