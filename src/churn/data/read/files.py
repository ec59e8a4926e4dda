"""Read a table from CSV, Parquet or Excel without interpreting it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from churn.data.read.header import clean
from churn.data.read.text import read_text
from churn.errors import TableError
from churn.params import Reading

PLAIN = Reading()
READABLE = {".csv", ".tsv", ".txt", ".parquet", ".xlsx"}
UNREADABLE = (ValueError, KeyError, OSError, csv.Error, BadZipFile, pd.errors.ParserWarning)


def read_table(path: Path, reading: Reading = PLAIN) -> pd.DataFrame:
    """Read a table. Text stays text; Parquet and Excel keep their types. Raises TableError.

    Names of columns lose outer and double space; one that comes again gets a number. Rows without any value are passed over.
    """
    if not path.is_file():
        raise TableError(f"{path} does not exist")
    try:
        frame = _read(path, reading)
    except UNREADABLE as error:
        raise TableError(f"{path} cannot be read as a table: {' '.join(str(error).split())}") from error
    frame.columns = pd.Index(clean(frame.columns))
    empty = (frame.isna() | (frame == "")).all(axis=1)
    return frame[~empty].reset_index(drop=True) if empty.any() else frame


def read_folder(folder: Path, reading: Reading = PLAIN) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table in a folder, oldest name first, with its name without extension; one at a time."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in READABLE) if folder.is_dir() else []
    if not files:
        raise TableError(f"{folder} holds no table: run `churn init TABLE ...`, `churn simulate` or `dvc pull`")
    return ((path.stem, read_table(path, reading)) for path in files)


def _read(path: Path, reading: Reading) -> pd.DataFrame:
    kind = path.suffix.lower()
    if kind == ".parquet":
        return pd.read_parquet(path)
    if kind == ".xls":
        raise ValueError("the old Excel format is not read; save it as .xlsx")
    if kind == ".xlsx":
        return pd.read_excel(path, sheet_name=reading.sheet or 0)
    return read_text(path, reading)
