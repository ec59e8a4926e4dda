"""The newest snapshot as a table that a server looks a customer up in."""

import sqlite3
from contextlib import closing
from pathlib import Path

from churn.events.database import Connection, name, value
from churn.params.events import CHURNED, CUSTOMER

ROWS = 10_000


def publish(connection: Connection, snapshot: Path, place: Path) -> None:
    """Write the features of a snapshot beside a place, and rename: a server reads the old or the new.

    It is a table `features` in SQLite, which finds a customer among millions without reading the others.
    """
    beside = place.with_name(f".{place.name}")
    beside.unlink(missing_ok=True)
    rows = connection.execute(f"SELECT * EXCLUDE ({CHURNED}) FROM {value(snapshot)}")
    columns = [column[0] for column in rows.description or ()]
    with closing(sqlite3.connect(beside)) as database, database:
        declared = ", ".join(f"{name(column)} PRIMARY KEY" if column == CUSTOMER else name(column) for column in columns)
        database.execute(f"CREATE TABLE features ({declared}) WITHOUT ROWID")
        while part := rows.fetchmany(ROWS):
            database.executemany(f"INSERT INTO features VALUES ({', '.join('?' * len(columns))})", part)
    beside.replace(place)
