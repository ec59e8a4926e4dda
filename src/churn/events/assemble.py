"""All features of a date in one table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from churn.errors import ParamsError
from churn.events import outcome
from churn.events.database import Connection, name, value
from churn.events.features import Feature, features
from churn.events.own import own
from churn.events.task import Task
from churn.params import Kind
from churn.params.events import CHURNED, CUSTOMER, SNAPSHOT

NUMBERS = {"DOUBLE", "FLOAT", *(f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE"))}
NUMBERS |= {"INTEGER", "UINTEGER"}


@dataclass(frozen=True)
class Part:
    """A table with a row a customer, and the features in it. of: the sources that they are made of."""

    table: str
    of: tuple[str, ...]
    features: list[Feature]


def assemble(connection: Connection, task: Task, day: date, customer: str | None = None) -> list[Part]:
    """Make the table `customers` of a date, with their features; of one customer, whether active or not, if it is named.

    Raises ParamsError when two features have one name.
    """
    who = outcome.customers(task.events, task.stores, day) if customer is None else f"SELECT {value(customer)} AS {CUSTOMER}"
    parts = [*_declared(connection, task, day, customer), *_own(connection, task, day)]
    found = [one for part in parts for one in part.features]
    _distinct([CUSTOMER, SNAPSHOT, CHURNED, *(one.name for one in found)])
    joins = " ".join(f"LEFT JOIN {name(part.table)} USING ({CUSTOMER})" for part in parts)
    cells = [f"coalesce({name(one.name)}, {one.empty}) AS {name(one.name)}" for one in found]
    chosen = ", ".join([CUSTOMER, *cells])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE customers AS SELECT {chosen} FROM ({who}) {joins}")
    return parts


def _declared(connection: Connection, task: Task, day: date, customer: str | None) -> Iterator[Part]:
    only = "" if customer is None else f"WHERE {CUSTOMER} = {value(customer)}"
    for key, store in task.stores.items():
        found = features(key, store.source, day)
        if store.source.features is not None and found:
            made = ", ".join(f"{one.expression} AS {name(one.name)}" for one in found)
            cut = store.cut(day, store.source.features.lookback)
            query = f"SELECT {CUSTOMER}, {made} FROM ({cut}) {only} GROUP BY {CUSTOMER}"
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name(f'of_{key}')} AS {query}")
            yield Part(f"of_{key}", (key,), found)


def _own(connection: Connection, task: Task, day: date) -> Iterator[Part]:
    for key, one in task.events.own.items():
        columns = own(connection, key, one, task.stores, day, task.places.beside)
        types = connection.sql(f"SELECT {', '.join(map(name, columns))} FROM {name(f'own_{key}')}").types
        found = [Feature(column, _kind(str(kind)), one.days, column) for column, kind in zip(columns, types, strict=True)]
        yield Part(f"own_{key}", one.of, found)


def _kind(of_duckdb: str) -> Kind:
    if of_duckdb == "BOOLEAN":
        return "boolean"
    return "number" if of_duckdb in NUMBERS or of_duckdb.startswith("DECIMAL") else "category"


def _distinct(names: list[str]) -> None:
    again = next((one for one in names if names.count(one) > 1), None)
    if again:
        raise ParamsError(f"events: two columns of a snapshot are called '{again}'; rename a source, a column or a feature")
