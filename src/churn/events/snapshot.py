"""One snapshot: the customers of a date, their features as they were known on it, and what became of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from churn.errors import ParamsError
from churn.events import outcome
from churn.events.database import Connection, explained, name, value
from churn.events.features import features
from churn.events.own import own
from churn.events.task import Task
from churn.params import Kind
from churn.params.events import CHURNED, CUSTOMER, SNAPSHOT

OPTIONS = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER"}
LABELS = {True: "yes", False: "no"}


@dataclass(frozen=True)
class Written:
    """A snapshot on disk. columns: features with their kinds. churned: share of the customers, None before it can be told."""

    path: Path
    customers: int
    churned: float | None
    columns: dict[str, Kind]


def build(connection: Connection, task: Task, day: date) -> Written:
    """Write the snapshot of a date beside its place. Raises TableError for a value that cannot be summed or read."""
    with explained(f"snapshot {day}"):
        columns = assemble(connection, task, day)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE outcomes AS SELECT {CUSTOMER}, {_label(task, day)} FROM customers")
        path = task.places.beside / f"snapshot-{day}.{task.events.snapshots.format}"
        chosen = ", ".join([CUSTOMER, f"'{day}' AS {SNAPSHOT}", *map(name, columns), CHURNED])
        ordered = f"SELECT {chosen} FROM customers JOIN outcomes USING ({CUSTOMER}) ORDER BY {CUSTOMER}"
        connection.execute(f"COPY ({ordered}) TO {value(path)} ({OPTIONS[task.events.snapshots.format]})")
        counted = f"SELECT count(*), avg(CAST({CHURNED} = '{LABELS[True]}' AS INT)) FROM outcomes"
        count, share = connection.execute(counted).fetchall()[0]
    return Written(path, count, share, columns)


def assemble(connection: Connection, task: Task, day: date, customer: str | None = None) -> dict[str, Kind]:
    """Make the table `customers` of a date, with their features; of one customer, whether active or not, if it is named.

    Returns the features with their kinds.
    """
    who = outcome.customers(task.events, task.stores, day) if customer is None else f"SELECT {value(customer)} AS {CUSTOMER}"
    parts = [*_declared(connection, task, day, customer), *_own(connection, task, day)]
    columns = [column for part in parts for column in part.columns]
    again = next((column for column in columns if columns.count(column) > 1 or column in (CUSTOMER, SNAPSHOT, CHURNED)), None)
    if again:
        raise ParamsError(f"events: two features are called '{again}'; rename one of their sources or columns")
    joins = " ".join(f"LEFT JOIN {name(part.table)} USING ({CUSTOMER})" for part in parts)
    cells = [f"coalesce({name(column)}, {empty}) AS {name(column)}" for part in parts for column, empty in part.columns.items()]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE customers AS SELECT {', '.join([CUSTOMER, *cells])} FROM ({who}) {joins}")
    return {column: kind for part in parts for column, kind in part.kinds.items()}


@dataclass(frozen=True)
class _Part:
    """A table with a row a customer. columns: features, and what stands for each where a customer has no row."""

    table: str
    columns: dict[str, str]
    kinds: dict[str, Kind]


def _declared(connection: Connection, task: Task, day: date, customer: str | None) -> Iterator[_Part]:
    only = "" if customer is None else f"WHERE {CUSTOMER} = {value(customer)}"
    for key, store in task.stores.items():
        found = features(key, store.source, day)
        if store.source.features is not None and found:
            made = ", ".join(f"{one.expression} AS {name(one.name)}" for one in found)
            cut = store.cut(day, store.source.features.lookback)
            query = f"SELECT {CUSTOMER}, {made} FROM ({cut}) {only} GROUP BY {CUSTOMER}"
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name(f'of_{key}')} AS {query}")
            yield _Part(f"of_{key}", {one.name: one.empty for one in found}, {one.name: one.kind for one in found})


def _own(connection: Connection, task: Task, day: date) -> Iterator[_Part]:
    for key, one in task.events.own.items():
        columns = own(connection, key, one, task.stores, day, task.places.beside)
        types = connection.sql(f"SELECT {', '.join(map(name, columns))} FROM {name(f'own_{key}')}").types
        kinds = {column: _kind(str(kind)) for column, kind in zip(columns, types, strict=True)}
        yield _Part(f"own_{key}", dict.fromkeys(columns, "NULL"), kinds)


def _kind(of_duckdb: str) -> Kind:
    if of_duckdb == "BOOLEAN":
        return "boolean"
    return (
        "number"
        if of_duckdb.startswith(("DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "BIGINT", "INT", "SMALLINT", "TINYINT", "U"))
        else "category"
    )


def _label(task: Task, day: date) -> str:
    if not task.mature(day):
        return f"CAST(NULL AS VARCHAR) AS {CHURNED}"
    gone = outcome.churned(task.events, task.stores, day, task.horizon)
    return f"CASE WHEN {gone} THEN '{LABELS[True]}' ELSE '{LABELS[False]}' END AS {CHURNED}"
