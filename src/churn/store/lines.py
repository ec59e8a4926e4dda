"""Write predictions as the driver takes them: a few of the server's microseconds for each, not hundreds."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import chain
from threading import Lock
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine
from sqlalchemy.exc import DBAPIError

from churn.store.tables import Prediction, predictions

MOST = 500  # rows of one statement; SQLite and PostgreSQL limit its variables to about 32,000
CLOSE_SECONDS = 1.0

Processor = Callable[[Any], Any]
Line = tuple[Any, ...]


class LineWriter:
    """Inserts predictions through a connection of its own, many in one statement, which is its own transaction.

    The driver leaves the interpreter to other threads at each statement and has to wait for it afterwards, so a
    statement for each prediction, or one more to begin and one to commit, would make a busy server wait for each.
    """

    def __init__(self, engine: Engine, to_json: Callable[[Any], str]) -> None:
        dialect = engine.dialect
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._mark = "?" if dialect.paramstyle == "qmark" else "%s"
        self._quoted = dialect.identifier_preparer.format_table(predictions)
        self._processors = {i: p for i, c in enumerate(predictions.c) if (p := _processor(c.type, dialect, to_json))}
        self._statement = cache(self._insert)
        self._lock = Lock()
        self._kept: Connection | None = None

    def write(self, made: Sequence[Prediction]) -> None:
        """Insert predictions, all or none. A connection that the database has ended is made anew, once."""
        lines = self._lines(made)
        with self._lock:
            try:
                self._write(lines)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                self._write(lines, " ON CONFLICT DO NOTHING")  # the end may have come after the commit

    def close(self) -> None:
        """Give back the connection, unless a call that does not come back has it."""
        if not self._lock.acquire(timeout=CLOSE_SECONDS):
            return
        try:
            if self._kept:
                self._kept.close()
            self._kept = None
        finally:
            self._lock.release()

    def _lines(self, made: Sequence[Prediction]) -> list[Line]:
        """What the driver takes; a prediction has its values in the order of the table."""
        columns: list[Line] = list(zip(*made, strict=True))
        for position, processor in self._processors.items():
            columns[position] = tuple(map(processor, columns[position]))
        return list(zip(*columns, strict=True))

    def _write(self, lines: list[Line], clash: str = "") -> None:
        with self._connection() as connection:
            if len(lines) <= MOST:
                connection.exec_driver_sql(self._statement(len(lines), clash), tuple(chain.from_iterable(lines)))
                return
            connection.exec_driver_sql("BEGIN")
            for start in range(0, len(lines), MOST):
                chunk = lines[start : start + MOST]
                connection.exec_driver_sql(self._statement(len(chunk), clash), tuple(chain.from_iterable(chunk)))
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The connection; after a failure it is thrown away with whatever it had begun."""
        connection, self._kept = self._kept or self._engine.connect(), None
        try:
            yield connection
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self._kept = connection

    def _insert(self, count: int, clash: str) -> str:
        names = predictions.c.keys()
        line = f"({', '.join([self._mark] * len(names))})"
        values = ", ".join([line] * count)
        return f"INSERT INTO {self._quoted} ({', '.join(names)}) VALUES {values}{clash}"  # noqa: S608 - names of the table


def _processor(kind: Any, dialect: Dialect, to_json: Callable[[Any], str]) -> Processor | None:
    """What turns a value into the driver's; that of times remembers, for those of a group are equal."""
    if isinstance(kind, JSON):
        return to_json
    found: Processor | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(16)(found) if found and isinstance(getattr(kind, "impl", None), DateTime) else found
