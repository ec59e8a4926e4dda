"""Write predictions as the driver takes them: a few of the server's microseconds for each, not hundreds."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect

from churn.store.tables import Prediction, predictions

MOST = 500  # rows of one statement; SQLite and PostgreSQL limit its variables to about 32,000
VALUES = attrgetter(*predictions.c.keys())

Processor = Callable[[Any], Any]


class LineWriter:
    """Inserts predictions through one dialect, many in one statement.

    The driver leaves the interpreter to other threads at each statement and has to wait for it afterwards, so a
    statement for each prediction would make a busy server wait for each.
    """

    def __init__(self, dialect: Dialect, to_json: Callable[[Any], str]) -> None:
        self._mark = "?" if dialect.paramstyle == "qmark" else "%s"
        self._quoted = dialect.identifier_preparer.format_table(predictions)
        self._processors = {i: p for i, c in enumerate(predictions.c) if (p := _processor(c.type, dialect, to_json))}
        self._statement = cache(self._insert)

    def write(self, connection: Connection, made: Sequence[Prediction]) -> None:
        """Insert predictions within the transaction of a connection."""
        columns = list(zip(*map(VALUES, made), strict=True))
        for position, processor in self._processors.items():
            columns[position] = tuple(map(processor, columns[position]))
        lines = list(zip(*columns, strict=True))
        for start in range(0, len(lines), MOST):
            chunk = lines[start : start + MOST]
            connection.exec_driver_sql(self._statement(len(chunk)), tuple(chain.from_iterable(chunk)))

    def _insert(self, count: int) -> str:
        names = predictions.c.keys()
        line = f"({', '.join([self._mark] * len(names))})"
        return f"INSERT INTO {self._quoted} ({', '.join(names)}) VALUES {', '.join([line] * count)}"  # noqa: S608 - names of the table


def _processor(kind: Any, dialect: Dialect, to_json: Callable[[Any], str]) -> Processor | None:
    """What turns a value into the driver's; that of times remembers, for those of a group are equal."""
    if isinstance(kind, JSON):
        return to_json
    found: Processor | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(16)(found) if found and isinstance(getattr(kind, "impl", None), DateTime) else found
