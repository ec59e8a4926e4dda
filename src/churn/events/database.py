"""DuckDB within bounds of memory; its errors as those of the house."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from churn.errors import TableError

Connection = duckdb.DuckDBPyConnection
Options = dict[str, str | bool | int | float | list[str]]
MOST = 5 * 2**30  # bytes that DuckDB plans with, and above which it works on disk; the process holds more than it plans


@contextmanager
def working(folder: Path) -> Iterator[Connection]:
    """A database in memory that spills below a folder, with at most MOST bytes or a third of the machine's memory."""
    memory = min(MOST, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 3)
    options: Options = {"memory_limit": f"{memory}B", "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=options) as connection:
        connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false")
        yield connection


@contextmanager
def explained(what: str) -> Iterator[None]:
    """An error of DuckDB becomes a TableError of one line that begins with `what`."""
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).partition("\n\nLINE ")[0]
        raise TableError(f"{what}: {' '.join(reason.split())}") from error


def name(text: str) -> str:
    """An identifier, quoted."""
    return '"' + text.replace('"', '""') + '"'


def value(text: object) -> str:
    """A text, quoted."""
    return "'" + str(text).replace("'", "''") + "'"


def listed(texts: Iterator[str] | list[str]) -> str:
    """A list of texts, quoted."""
    return f"[{', '.join(map(value, texts))}]"
