"""Events from a database, by an address that SQLAlchemy understands, as Parquet files."""

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from churn.errors import ParamsError, TableError

ROWS = 100_000  # in a file, and in memory


def fetch(url: str, query: str, folder: Path) -> list[Path]:
    """Ask a database and write what it finds to a folder. Raises ParamsError for the address, TableError for the rest."""
    full = os.path.expandvars(url)
    if "$" in full:
        raise ParamsError(f"events: the environment lacks a variable that {url} names")
    folder.mkdir(parents=True)
    try:
        engine = sa.create_engine(full)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise ParamsError(f"events: {url} is no address that SQLAlchemy understands: {_first_line(error)}") from error
    try:
        with engine.connect().execution_options(stream_results=True, max_row_buffer=ROWS) as connection:
            found = connection.execute(sa.text(query)).mappings().partitions(ROWS)
            return [_write([dict(row) for row in rows], folder / f"{place:06}.parquet") for place, rows in enumerate(found)]
    except (sa.exc.SQLAlchemyError, pa.ArrowException) as error:
        raise TableError(f"events: what {url} was asked cannot be used: {_first_line(error)}") from error
    finally:
        engine.dispose()


def _write(rows: list[dict[str, Any]], path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
