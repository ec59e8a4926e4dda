"""The history as a chain: each line carries a hash of itself and of the line before, so that no past line can be changed,
deleted or moved without a trace.

The head of the chain, how many lines there are and the hash of the last, is a row of its own: whoever appends holds it, so
that writers come one after another, and lines missing at the end are noticed too. Who can rewrite the whole database can
forge the whole chain; the evidence of each candidate keeps the head of its time outside of it.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, insert, select, update

from churn.errors import HistoryAltered
from churn.store.kept import INSERT
from churn.store.tables import Event, head, history

START = "0" * 64
# By which two looks of one transaction see the same moment, while others go on writing.
ONE_MOMENT = {"sqlite": "BEGIN", "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"}
GONE = "f" * 64  # the hash of a head that somebody deleted


class Head(NamedTuple):
    """How many lines the chain has, and the hash of the last."""

    lines: int
    hash: str


def hold(connection: Connection) -> Head:
    """The head, which nobody else moves until the transaction ends; must be the first statement of it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    return Head(*connection.execute(select(head.c.lines, head.c.hash).with_for_update()).one())


def append(connection: Connection, held: Head, line: Event, to_json: Callable[[Any], str]) -> None:
    """Write a line behind the head that the transaction holds."""
    values = asdict(line) | {"detail": json.loads(to_json(line.detail))}
    number = held.lines + 1
    values |= {"number": number, "hash": digest(held.hash, number, values)}
    connection.execute(insert(history), [values])
    connection.execute(update(head).values(lines=number, hash=values["hash"]))


def begin(connection: Connection) -> None:
    """Make the head where there is none, and chain what an older program wrote, as it is found now."""
    if connection.execute(select(head.c.id)).first():
        return
    first = INSERT[connection.dialect.name](head).values(id=1, lines=0, hash=START).on_conflict_do_nothing()
    if connection.execute(first, execution_options={"preserve_rowcount": True}).rowcount != 1:
        return
    rows, last = rows_of(connection), Head(0, START)
    if any(row["hash"] for row in rows):  # somebody has deleted the head; to chain anew would hide what else was done
        connection.execute(update(head).values(lines=len(rows), hash=GONE))
        return
    for number, row in enumerate(rows, 1):
        last = Head(number, digest(last.hash, number, dict(row)))
        connection.execute(update(history).where(history.c.id == row["id"]).values(number=number, hash=last.hash))
    connection.execute(update(head).values(lines=last.lines, hash=last.hash))


def head_of(connection: Connection) -> Head:
    """The head as it is now."""
    return Head(*connection.execute(select(head.c.lines, head.c.hash)).one())


def rows_of(connection: Connection) -> Sequence[RowMapping]:
    """All lines as they are in the table, oldest first."""
    return connection.execute(select(history).order_by(history.c.id)).mappings().all()


def check(connection: Connection) -> None:
    """Raise HistoryAltered naming the first line that is not what was written. Must be the first thing of a transaction."""
    connection.exec_driver_sql(ONE_MOMENT[connection.dialect.name])
    ended, rows, before = head_of(connection), rows_of(connection), START
    for number, row in enumerate(rows, 1):
        found = digest(before, number, dict(row))
        if (row["number"], row["hash"]) != (number, found):
            raise _altered(f"line {number} ({row['kind']}, {row['time']:%Y-%m-%d %H:%M} UTC) is not what was written there")
        before = found
    if ended.hash == GONE:
        raise _altered("its head was deleted")
    if Head(len(rows), before) != ended:
        raise _altered(f"{ended.lines} lines were written and {len(rows)} are there")


def digest(before: str, number: int, row: dict[str, Any]) -> str:
    """sha256 over the hash of the line before, the number and the content of a line, as JSON with sorted keys."""
    told = {name: row[name] for name in ("kind", "version", "detail", "who")}
    content = {"before": before, "number": number, "time": row["time"].astimezone(UTC).isoformat(), **told}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _altered(what: str) -> HistoryAltered:
    return HistoryAltered(f"the history of the model was altered: {what}; bring back the store from a backup")
