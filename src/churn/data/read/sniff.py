"""Find out how a file is written, so that it can be declared once."""

import csv
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from churn.data.read.header import clean, clean_name
from churn.data.read.text import decode, header, records
from churn.errors import TableError
from churn.params import Reading

DELIMITERS = ";\t|,"  # the first of equals: commas also stand inside of cells
LOOKED_AT = 200  # lines
UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # bytes that Windows-1252 does not use
NUMBER = re.compile(r"[\d.,:/+-]+")


def sniff(path: Path, target: str) -> Reading:
    """Encoding and delimiter of a text file, or the sheet of an Excel file that has the target. Raises TableError."""
    kind = path.suffix.lower()
    if kind in (".parquet", ".xls") or not path.is_file():
        return Reading()
    if kind == ".xlsx":
        return Reading(sheet=_sheet(path, target))
    try:
        return _text(path)
    except (ValueError, csv.Error) as error:
        raise TableError(f"{path} cannot be read as a table: {' '.join(str(error).split())}") from error


def _text(path: Path) -> Reading:
    content = path.read_bytes()
    encoding = _encoding(content)
    text = decode(content, encoding)
    if not text.strip():
        raise ValueError("it is empty")
    delimiter = _delimiter(text)
    _demand_header(path, text, delimiter)
    return Reading(delimiter=delimiter, encoding=encoding)


def _encoding(content: bytes) -> str:
    """UTF-16 where every other byte is 0, UTF-8 where the bytes are, else Windows-1252 or, where that has gaps, Latin-1."""
    even, odd = content[:2000:2].count(0), content[1:2000:2].count(0)
    if max(even, odd) > len(content[:2000]) / 4:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        decode(content, "ascii")
    except UnicodeDecodeError:
        return "latin-1" if UNDEFINED.search(content) else "cp1252"
    return "utf-8"


def _delimiter(text: str) -> str:
    """The delimiter that cuts most lines into equally many cells, and into most of them."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    cells = [len(record) for record in records(text, delimiter, LOOKED_AT)]
    count, lines = Counter(cells).most_common(1)[0]
    return (round(lines / len(cells), 1) if count > 1 and len(header(text, delimiter)) > 1 else 0.0), count


def _demand_header(path: Path, text: str, delimiter: str) -> None:
    """Refuse what is no customer table: a list without names of columns, or lines that nothing divides."""
    first = header(text, delimiter)
    spaced = text.lstrip().splitlines()[0].split()
    if len(first) < 2:
        seen = " ".join(spaced)[:60]
        kind = " (white space divides them)" if len(spaced) > 1 else ""
        raise TableError(
            f"{path} cannot be read as a customer table: its first line, '{seen}', has no ',', ';', tab or '|' between columns"
            f"{kind}; a customer table has a header, one row for a customer and a column that says who left. "
            "If this is a log of events, sum it up by customer first"
        )
    if all(NUMBER.fullmatch(cell.strip()) for cell in first):
        raise TableError(f"{path} has no header: its first line holds values, '{delimiter.join(first)[:60]}'; add column names")


def _sheet(path: Path, target: str) -> str | None:
    """The sheet whose header has the target, the longest of several; None if the file has one sheet or none that fits."""
    try:
        with pd.ExcelFile(path) as book:
            names = [str(name) for name in book.sheet_names]
            if len(names) < 2:
                return None
            fits = [name for name in names if clean_name(target) in clean(book.parse(name, nrows=0).columns)]
            return max(fits, key=lambda name: len(book.parse(name))) if len(fits) > 1 else next(iter(fits), None)
    except Exception:
        return None
