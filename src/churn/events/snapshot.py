"""One snapshot: the customers of a date, their features as they were known on it, and what became of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from churn.events import outcome
from churn.events.assemble import assemble
from churn.events.database import Connection, explained, name, value
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
        columns = {one.name: one.kind for part in assemble(connection, task, day) for one in part.features}
        connection.execute(f"CREATE OR REPLACE TEMP TABLE outcomes AS SELECT {CUSTOMER}, {_label(task, day)} FROM customers")
        path = task.places.beside / f"snapshot-{day}.{task.events.snapshots.format}"
        chosen = ", ".join([CUSTOMER, f"'{day}' AS {SNAPSHOT}", *map(name, columns), CHURNED])
        ordered = f"SELECT {chosen} FROM customers JOIN outcomes USING ({CUSTOMER}) ORDER BY {CUSTOMER}"
        connection.execute(f"COPY ({ordered}) TO {value(path)} ({OPTIONS[task.events.snapshots.format]})")
        counted = f"SELECT count(*), avg(CAST({CHURNED} = '{LABELS[True]}' AS INT)) FROM outcomes"
        count, share = connection.execute(counted).fetchall()[0]
    return Written(path, count, share, columns)


def _label(task: Task, day: date) -> str:
    if not task.mature(day):
        return f"CAST(NULL AS VARCHAR) AS {CHURNED}"
    gone = outcome.churned(task.events, task.stores, day, task.horizon)
    return f"CASE WHEN {gone} THEN '{LABELS[True]}' ELSE '{LABELS[False]}' END AS {CHURNED}"
