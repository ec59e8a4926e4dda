"""Being the only one who does something, for as long as the process lives: no lease to renew and none to clean up."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

Held = Iterator[bool]


@contextmanager
def alone(engine: Engine, name: str) -> Held:
    """Hold the lock `name` of a store. Gives False, and holds nothing, while another process or thread does.

    SQLite: a lock on a file beside the database. PostgreSQL: an advisory lock of a connection of its own. Either is gone
    when its holder is, however that ends.
    """
    with (_file if engine.dialect.name == "sqlite" else _advisory)(engine, name) as held:
        yield held


@contextmanager
def _file(engine: Engine, name: str) -> Held:
    path = Path(f"{engine.url.database}.{name}.lock")
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _advisory(engine: Engine, name: str) -> Held:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        number = func.hashtext(f"churn {name}")
        held = bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
        try:
            yield held
        finally:
            if held:
                with suppress(SQLAlchemyError):  # with the connection the lock is gone too
                    connection.scalar(select(func.pg_advisory_unlock(number)))
