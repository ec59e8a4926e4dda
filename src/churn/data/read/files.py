"""Read a table from CSV, Parquet or Excel without interpreting it, whole or in pieces."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from churn.data.read.header import clean
from churn.data.read.text import pieces_of_text, read_text
from churn.errors import TableError
from churn.params import Reading

WHOLE_DIGITS = 15  # that a number holds exactly, also where others of its column are missing
PLAIN = Reading()
PIECE = 1 << 16  # rows
BUFFER = 1 << 20  # bytes of a Parquet column that are read at once
READABLE = {".csv", ".tsv", ".txt", ".parquet", ".xlsx"}
UNREADABLE = (ValueError, KeyError, OSError, csv.Error, BadZipFile, pd.errors.ParserWarning)


def read_table(path: Path, reading: Reading = PLAIN) -> pd.DataFrame:
    """Read a table. Text stays text; Parquet and Excel keep their types. Raises TableError.

    Names of columns lose outer and double space; one that comes again gets a number. Rows without any value are passed over.
    """
    with _explained(path):
        return _tidy(_read(path, reading))


def read_pieces(path: Path, reading: Reading = PLAIN, rows: int = PIECE) -> Iterator[pd.DataFrame]:
    """The same, at most so many rows at a time, of which alone memory holds; an Excel file comes whole."""
    empty = True
    with _explained(path):
        for piece in _pieces(path, reading, rows):
            empty = False
            yield _tidy(piece)
    if empty:
        yield read_table(path, reading)


def tables(folder: Path) -> list[Path]:
    """Every table in a folder, oldest name first."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in READABLE) if folder.is_dir() else []
    if not found:
        raise TableError(f"{folder} holds no table: run `churn init TABLE ...`, `churn simulate` or `dvc pull`")
    return found


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What goes wrong with a file is told with its name."""
    if not path.is_file():
        raise TableError(f"{path} does not exist")
    try:
        yield
    except UNREADABLE as error:
        raise TableError(f"{path} cannot be read as a table: {' '.join(str(error).split())}") from error


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    frame.columns = pd.Index(clean(frame.columns))
    empty = (frame.isna() | (frame == "")).all(axis=1)
    return frame[~empty].reset_index(drop=True) if empty.any() else frame


def _pieces(path: Path, reading: Reading, rows: int) -> Iterator[pd.DataFrame]:
    kind = path.suffix.lower()
    if kind == ".parquet":
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER) as file:
            for batch in file.iter_batches(rows):
                yield _frame(pa.Table.from_batches([batch]))
    elif kind == ".xlsx":
        yield _read(path, reading)
    else:
        yield from pieces_of_text(path, reading, rows)


def _frame(table: pa.Table) -> pd.DataFrame:
    """As pandas, with decimal numbers, as databases export them, as the numbers that everything else computes with."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) and (field.type.scale or field.type.precision <= WHOLE_DIGITS):
            kind = pa.float64() if field.type.scale else pa.int64()
            table = table.set_column(place, field.name, table.column(place).cast(kind))
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _read(path: Path, reading: Reading) -> pd.DataFrame:
    kind = path.suffix.lower()
    if kind == ".parquet":
        return _frame(pq.read_table(path))
    if kind == ".xls":
        raise ValueError("the old Excel format is not read; save it as .xlsx")
    if kind == ".xlsx":
        return pd.read_excel(path, sheet_name=reading.sheet or 0)
    return read_text(path, reading)
