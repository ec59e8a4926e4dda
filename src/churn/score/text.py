"""CSV files: how each is written, where it may be cut, and its rows."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import fsspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from churn.data.read.header import clean
from churn.data.read.text import MARKS, header
from churn.errors import TableError
from churn.params import Reading
from churn.score.files import File

LOOKED_AT = 1 << 20  # bytes among which the header ends
SCANNED = 1 << 24  # bytes that are looked at together
PARSED = 1 << 23  # bytes that are parsed together
NEWLINE, RETURN, QUOTE = b'\n\r"'


class Form(NamedTuple):
    """How a file is written. wide: in UTF-16, whose text is turned into UTF-8 first. start: the byte where rows begin."""

    names: tuple[str, ...]
    encoding: str
    wide: bool
    start: int
    delimiter: str


class Wrong(NamedTuple):
    """A row that has more or fewer cells than the header; `number` counts the rows of a part from 0."""

    number: int
    reason: str


def form(file: File, reading: Reading) -> Form:
    """Read the header. Raises TableError where the file does not have the declared delimiter, or no text."""
    with fsspec.open(file.address) as source:
        content = source.read(LOOKED_AT)
    mark, marked = next(((mark, name) for mark, name in MARKS if content.startswith(mark)), (b"", ""))
    wide = b"\0" in content
    try:
        encoding = marked or (reading.encoding if wide or not _is_utf8(content) else "utf-8")
        content = content.decode(encoding, errors="ignore").encode() if wide else content
        start = _after_hint(content, 0 if wide else len(mark), reading.delimiter.encode("utf-8" if wide else encoding))
        end = _first_end(content, start)
        names = header(content[start:end].decode("utf-8" if wide else encoding), reading.delimiter)
    except UnicodeError as error:
        raise TableError(f"{file.address} is not text in {reading.encoding}, the encoding of the model's contract") from error
    if len(names) < 2:
        raise TableError(f"{file.address}: its header has no '{reading.delimiter}', the delimiter of the model's contract")
    return Form(tuple(clean(names)), encoding, wide, end, reading.delimiter)


def cuts(file: File, of: Form, most: int) -> Iterator[tuple[int, int, int]]:
    """First byte, the one after the last, and rows before them, of stretches of `most` rows.

    A line end within quotes ends no row; within quotes are those with an odd number of quotes before them. UTF-16 is not cut,
    and neither is a file with a quote inside a plain cell, such as 24", which opens nothing and is counted all the same.
    """
    first, before = of.start, 0
    for end in [] if of.wide else _ends(file, of, most):
        yield first, end, before
        first, before = end, before + most
    if first < file.size:
        yield first, file.size, before


def batches(
    address: str, stretch: range, of: Form, reading: Reading, names: Sequence[str], texts: Sequence[str], wrong: list[Wrong]
) -> Iterator[pa.RecordBatch]:
    """The columns `names` as text, those among `texts` as codes and distinct values. Rows that do not fit go to `wrong`."""

    def refuse(row: Any) -> str:
        cells = f"has {row.actual_columns} cells where the header has {row.expected_columns}"
        wrong.append(Wrong(row.number - 1, f"the row {cells}"))
        return "skip"

    types = {name: pa.dictionary(pa.int32(), pa.string()) if name in texts else pa.string() for name in names}
    content = _content(address, stretch, of)
    if content.strip():
        yield from csv.open_csv(
            pa.BufferReader(content),
            csv.ReadOptions(use_threads=False, column_names=list(of.names), block_size=PARSED),
            csv.ParseOptions(delimiter=reading.delimiter, newlines_in_values=True, invalid_row_handler=refuse),
            csv.ConvertOptions(column_types=types, include_columns=list(names), strings_can_be_null=False),
        )


def _content(address: str, stretch: range, of: Form) -> bytes:
    """The bytes of a stretch as UTF-8."""
    with fsspec.open(address) as source:
        if of.wide:
            content: bytes = source.read()
            return content.decode(of.encoding).encode()[of.start :]
        source.seek(stretch.start)
        content = source.read(len(stretch))
    return content if of.encoding.startswith("utf-8") else content.decode(of.encoding).encode()


def _is_utf8(content: bytes) -> bool:
    """Whether the beginning of a file is UTF-8; its last letter may be cut."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start > len(content) - 4
    return True


def _after_hint(content: bytes, start: int, delimiter: bytes) -> int:
    """Where the header begins: behind lines in which no cell holds anything, and the line `sep=;` that Excel writes."""
    while line := content[start : content.find(b"\n", start) + 1]:
        hint = line.strip().lower()
        if hint.strip(delimiter + b'" \t') and not (hint.startswith(b"sep=") and len(hint) == len(b"sep=;")):
            break
        start += len(line)
    return start


def _first_end(content: bytes, start: int) -> int:
    """Where the row that begins at `start` ends."""
    ends, _ = _row_ends(np.frombuffer(content, dtype=np.uint8)[start:], 0)
    return start + int(ends[0]) if len(ends) else len(content)


def _ends(file: File, of: Form, most: int) -> list[int]:
    """The bytes at which each `most` rows end; blank lines are none. None where a quote stands inside a plain cell."""
    found, quotes, counted, at = list[int](), 0, 0, of.start
    opens = [NEWLINE, RETURN, QUOTE, of.delimiter.encode(of.encoding)[-1]]
    with fsspec.open(file.address) as source:
        source.seek(of.start)
        before = b"\n\n"
        while block := source.read(SCANNED):
            bytes_ = np.frombuffer(before + block, dtype=np.uint8)
            if _inside(bytes_, quotes, len(before), opens):
                return []
            ends, quotes = _row_ends(bytes_, quotes, skip=len(before))
            wanted = np.arange(most - counted % most, len(ends) + 1, most) - 1
            found += (at + ends[wanted] - len(before)).tolist()
            counted, at, before = counted + len(ends), at + len(block), block[-2:].rjust(2, b"\n")
    return found


def _inside(content: npt.NDArray[np.uint8], quotes: int, skip: int, opens: list[int]) -> bool:
    """Whether a quote that would open a cell, by the number of those before, stands behind none of the bytes `opens`."""
    places = np.flatnonzero(content[skip:] == QUOTE) + skip
    opening = places[(quotes + np.arange(len(places))) % 2 == 0]
    return not np.isin(content[opening - 1], opens).all()


def _row_ends(content: npt.NDArray[np.uint8], quotes: int, skip: int = 0) -> tuple[npt.NDArray[np.int64], int]:
    """The places behind the ends of rows, and the number of quotes; the first `skip` bytes were looked at before."""
    ends = content == NEWLINE
    ends[:skip] = False
    is_quote = content[skip:] == QUOTE
    total = quotes + int(is_quote.sum())
    if total:
        ends[skip:] &= (quotes + np.cumsum(is_quote)) % 2 == 0
    blank = np.zeros(len(content), dtype=bool)
    blank[1:] = content[:-1] == NEWLINE
    blank[2:] |= (content[1:-1] == RETURN) & (content[:-2] == NEWLINE)
    return np.flatnonzero(ends & ~blank) + 1, total
