"""Text files: their encoding, their header, their cells."""

import codecs
import csv
import io
import itertools
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from churn.data.read.header import clean
from churn.params import Reading

LOOKED_AT = 2000  # bytes
BLOCK = 1 << 20  # bytes
IN_LINE = re.compile(r"line (\d+)")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path, reading: Reading) -> pd.DataFrame:
    """Every cell as text. Raises ValueError where the file does not have the declared delimiter."""
    return _parsed(decode(path.read_bytes(), reading.encoding), reading)


def pieces_of_text(path: Path, reading: Reading, rows: int) -> Iterator[pd.DataFrame]:
    """The same, at most so many rows at a time; the file is never in memory as a whole."""
    with path.open(encoding=_encoding(path, reading.encoding), newline="") as stream:
        lines = _records(stream)
        head = next((line for line in lines if without_hint(line) and not is_empty(line, reading.delimiter)), "")
        before = 0
        while piece := "".join(itertools.islice(lines, rows)):
            try:
                yield _parsed(head + piece, reading)
            except ValueError as error:
                raise ValueError(_further(str(error), before)) from error
            before += rows


def _further(message: str, rows: int) -> str:
    """What the parser says of a line, with its number in the file."""
    return IN_LINE.sub(lambda found: f"line {int(found[1]) + rows}", message)


def _records(lines: Iterable[str]) -> Iterator[str]:
    """The rows of a text, each with the line ends that stand within its quotes."""
    row, quoted = "", False
    for line in lines:
        row, quoted = row + line, quoted != bool(line.count('"') % 2)
        if not quoted:
            yield row
            row = ""
    if row:
        yield row


def _parsed(text: str, reading: Reading) -> pd.DataFrame:
    text = _from_header(text, reading.delimiter)
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
            low_memory=False,  # which would let a row pass that is longer, where a block of the parser begins with it
        )


def _from_header(text: str, delimiter: str) -> str:
    """Without the lines before the header in which no cell holds anything."""
    start = 0
    while (end := text.find("\n", start) + 1) and is_empty(text[start:end], delimiter):
        start = end
    return text[start:]


def is_empty(line: str, delimiter: str) -> bool:
    """Whether no cell of a line holds anything."""
    return not line.strip(f'{delimiter}" \t\r\n')


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


def _encoding(path: Path, otherwise: str) -> str:
    """The encoding that `decode` would take, found without holding the file."""
    with path.open("rb") as stream:
        start = stream.read(LOOKED_AT)
        marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
        if marked or b"\0" in start:
            return marked or otherwise
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return otherwise
    return "utf-8"


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
