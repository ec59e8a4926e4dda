"""Features that the user writes in SQL or Python. They see tables that end at the date, and no file."""

import importlib.util
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa

from churn.errors import ParamsError, TableError
from churn.events.cut import Store
from churn.events.database import Connection, Options, explained, name, value
from churn.params.events import CUSTOMER, Own

FILE = "own.duckdb"
WIDE = ("DECIMAL", "HUGEINT", "UHUGEINT")


def own(connection: Connection, key: str, one: Own, stores: Mapping[str, Store], day: date, folder: Path) -> list[str]:
    """Make the table `own_KEY` of what the user's own features say on a date. Returns their names.

    SQL is asked of a database, and a Python function gets a connection to one, which holds the cut sources and the macro
    `snapshot_date()`, cannot be written and opens no file. Raises TableError when the answer is not a row a customer.
    """
    path = folder / FILE
    path.unlink(missing_ok=True)
    connection.execute(f"ATTACH {value(path)} AS cut")
    for source in one.of:
        connection.execute(f"CREATE TABLE cut.{name(source)} AS {stores[source].cut(day, one.days)}")
    connection.execute(f"CREATE MACRO cut.snapshot_date() AS DATE '{day}'")
    connection.execute("DETACH cut")
    options: Options = {"enable_external_access": False, "threads": 1}
    with explained(f"events.own.{key}"), duckdb.connect(path, read_only=True, config=options) as alone:
        alone.execute("SET TimeZone = 'UTC'; SET lock_configuration = true")
        found = alone.sql(one.sql).to_arrow_table() if one.sql else _called(key, one.python or "", alone, day)
        connection.register("found", found)
        cells = ", ".join(_cells(connection.sql("SELECT * FROM found")))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name(f'own_{key}')} AS SELECT {cells} FROM found")
        connection.unregister("found")
    path.unlink()
    return _checked(connection, key)


def _cells(found: duckdb.DuckDBPyRelation) -> Iterator[str]:
    """The columns of an answer; numbers that few tools know, such as the sum of whole ones, become usual ones."""
    for column, kind in zip(found.columns, found.types, strict=True):
        plain = column == CUSTOMER or not str(kind).startswith(WIDE)
        yield name(column) if plain else f"CAST({name(column)} AS DOUBLE) AS {name(column)}"


def code(one: Own) -> bytes:
    """The file of a Python function, which its features depend on."""
    return _path(one.python).read_bytes() if one.python else b""


def _checked(connection: Connection, key: str) -> list[str]:
    table = name(f"own_{key}")
    columns = connection.sql(f"SELECT * FROM {table}").columns
    if CUSTOMER not in columns or len(columns) == 1:
        raise TableError(
            f"events.own.{key}: its answer needs {CUSTOMER} and a column for each feature, not {', '.join(columns)}"
        )
    rows, customers = connection.execute(f"SELECT count(*), count(DISTINCT {CUSTOMER}) FROM {table}").fetchall()[0]
    if rows != customers:
        raise TableError(f"events.own.{key}: its answer needs each {CUSTOMER} once; group by it")
    return [column for column in columns if column != CUSTOMER]


def _called(key: str, said: str, alone: Connection, day: date) -> pa.Table:
    function = getattr(_module(_path(said)), said.partition(":")[2], None)
    if function is None:
        raise ParamsError(f"events.own.{key}: {_path(said)} has no function '{said.partition(':')[2]}'")
    found = function(alone, day)
    if isinstance(found, duckdb.DuckDBPyRelation):
        return found.to_arrow_table()
    return found if isinstance(found, pa.Table) else pa.Table.from_pandas(found, preserve_index=False)


def _path(said: str) -> Path:
    return Path(said.partition(":")[0].replace(".", "/")).with_suffix(".py")


def _module(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if not path.is_file() or specification is None or specification.loader is None:
        raise ParamsError(f"events.own: {path} does not exist in this folder")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
