"""Read a table from CSV, Parquet or Excel without interpreting it."""

import csv
import warnings
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from churn.errors import TableError

READABLE = {".csv", ".tsv", ".txt", ".parquet", ".xlsx"}
UNREADABLE = (ValueError, KeyError, OSError, csv.Error, BadZipFile, pd.errors.ParserWarning)


def read_table(path: Path) -> pd.DataFrame:
    """Read a table. Text stays text; Parquet and Excel keep their types. Raises TableError."""
    if not path.is_file():
        raise TableError(f"{path} does not exist")
    try:
        frame = _read(path)
    except UNREADABLE as error:
        advice = "; save it as UTF-8" if isinstance(error, UnicodeDecodeError) else ""
        raise TableError(f"{path} cannot be read as a table: {' '.join(str(error).split())}{advice}") from error
    frame.columns = pd.Index([str(name).strip() for name in frame.columns])
    repeated = frame.columns[frame.columns.duplicated()]
    if len(repeated):
        raise TableError(f"{path} has two columns named '{repeated[0]}'; rename one")
    return frame


def read_folder(folder: Path) -> list[tuple[str, pd.DataFrame]]:
    """Every table in a folder, oldest name first, with its name without extension."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in READABLE) if folder.is_dir() else []
    if not files:
        raise TableError(f"{folder} holds no table: run `churn init TABLE ...`, `churn simulate` or `dvc pull`")
    return [(path.stem, read_table(path)) for path in files]


def _read(path: Path) -> pd.DataFrame:
    kind = path.suffix.lower()
    if kind == ".parquet":
        return pd.read_parquet(path)
    if kind == ".xls":
        raise ValueError("the old Excel format is not read; save it as .xlsx")
    if kind == ".xlsx":
        return pd.read_excel(path)
    with warnings.catch_warnings():  # rows longer than the header would shift or lose values
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(path, sep=_separator(path), dtype=str, keep_default_na=False, index_col=False, encoding="utf-8-sig")


def _separator(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline()
    counts = {separator: header.count(separator) for separator in ",;\t|"}
    return max(counts, key=lambda separator: counts[separator])
