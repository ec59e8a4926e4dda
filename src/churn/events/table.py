"""The newest snapshot as a table that a server looks a customer up in."""

import sqlite3
from contextlib import closing
from pathlib import Path

from churn.events.database import Connection, name, value
from churn.params.events import CHURNED, CUSTOMER

ROWS = 10_000


def publish(connection: Connection, snapshot: Path, sha256: str, place: Path) -> None:
    """Write the features of a snapshot beside a place, and rename, unless they are there: a server reads the old or the new.

    It is a table `features` in SQLite, which finds a customer among millions without reading the others. sha256: of the file.
    """
    mark = int(sha256[:7], 16)  # as much as SQLite's user_version holds
    if _mark(place) == mark:
        return
    beside = place.with_name(f".{place.name}")
    beside.unlink(missing_ok=True)
    rows = connection.execute(f"SELECT * EXCLUDE ({CHURNED}) FROM {value(snapshot)}")
    columns = [column[0] for column in rows.description or ()]
    with closing(sqlite3.connect(beside)) as database, database:
        declared = ", ".join(f"{name(column)} PRIMARY KEY" if column == CUSTOMER else name(column) for column in columns)
        database.execute(f"CREATE TABLE features ({declared}) WITHOUT ROWID")
        database.execute(f"PRAGMA user_version = {mark}")
        while part := rows.fetchmany(ROWS):
            database.executemany(f"INSERT INTO features VALUES ({', '.join('?' * len(columns))})", part)
    beside.replace(place)


def _mark(place: Path) -> int | None:
    if not place.is_file():
        return None
    with closing(sqlite3.connect(place)) as database:
        found: int = database.execute("PRAGMA user_version").fetchone()[0]
    return found
