"""Text files: their encoding, their header, their cells."""

import codecs
import csv
import io
import itertools
import warnings
from pathlib import Path

import pandas as pd

from churn.data.read.header import clean
from churn.params import Reading

LOOKED_AT = 2000  # bytes
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path, reading: Reading) -> pd.DataFrame:
    """Every cell as text. Raises ValueError where the file does not have the declared delimiter."""
    text = decode(path.read_bytes(), reading.encoding)
    names = header(text, reading.delimiter)
    if len(names) < 2:
        raise ValueError(f"its header has no '{reading.delimiter}', the delimiter of data.reading in params.yaml")
    with warnings.catch_warnings():  # rows longer than the header would shift or lose values
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(
            io.StringIO(text, newline=""),
            sep=reading.delimiter,
            header=0,
            names=clean(names),
            dtype=str,
            keep_default_na=False,
            index_col=False,
        )


def decode(content: bytes, otherwise: str) -> str:
    """The text of a file: by its byte order mark, else as UTF-8, else in the encoding `otherwise`.

    Text in another encoding is hardly ever valid UTF-8 by chance, but for UTF-16, which has zeros. So a newer file in UTF-8
    is read rightly.
    """
    marked = next((name for mark, name in MARKS if content.startswith(mark)), None)
    if marked or b"\0" in content[:LOOKED_AT]:
        return without_hint(content.decode(marked or otherwise))
    try:
        return without_hint(content.decode("utf-8"))
    except UnicodeDecodeError:
        return without_hint(content.decode(otherwise))


def without_hint(text: str) -> str:
    """The text without the first line `sep=;` that Excel writes."""
    first, _, rest = text.partition("\n")
    return rest if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;") else text


def header(text: str, delimiter: str) -> list[str]:
    """The cells of the first line."""
    return records(text, delimiter, 1)[0] if text.strip() else []


def records(text: str, delimiter: str, most: int) -> list[list[str]]:
    """The cells of the first lines that are not empty."""
    found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return list(itertools.islice((record for record in found if any(cell.strip() for cell in record)), most))
