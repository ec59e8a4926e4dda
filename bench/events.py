"""What snapshots of many events cost: python -m bench.events EVENTS FOLDER [--months 12]

Writes EVENTS orders of two in a hundred as many customers over 36 months to FOLDER, one Parquet file a month, reads them into
the store, and makes an early and a late snapshot with the same windows. Prints seconds, CPU seconds and the peak of memory.
With --months it stops after so many; the next call goes on, so that a long measurement can be made in parts.
"""

import argparse
import resource
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import click

from churn.console import progress
from churn.events.database import Connection, value, working
from churn.events.snapshot import build
from churn.events.task import Places, Task, prepare
from churn.params import Events

MONTHS, START = 36, "2022-01-01"
SNAPSHOTS = (date(2022, 9, 1), date(2024, 9, 1))
Result = TypeVar("Result")


def main(events: int, folder: Path, months: int) -> None:
    """Run and print."""
    at = places(folder)
    with working(at.state) as connection:
        measured("generate", lambda: generate(connection, events, months, folder))
        task = measured("read into the store", lambda: read(connection, at, folder))
        if months < MONTHS:
            return
        for day in SNAPSHOTS:
            made = measured(f"snapshot {day}", lambda day=day: build(connection, task, day))  # type: ignore[misc]
            click.echo(f"  {made.customers:,} customers, {made.churned:.1%} churned, {len(made.columns)} features")
    click.echo(f"disk: {sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()) / 2**30:.1f} GiB")
    shutil.rmtree(folder)


def places(folder: Path) -> Places:
    """Where everything of a run lies."""
    at = Places(folder / "data", folder / "state", folder / "beside")
    for place in (folder / "orders", at.state, at.beside):
        place.mkdir(parents=True, exist_ok=True)
    return at


def read(connection: Connection, at: Places, folder: Path) -> Task:
    """Read the orders that are there into the store."""
    features = {"windows": [7, 30, 90], "sum": ["amount"], "mean": ["amount"], "last": ["channel"], "trend": True}
    orders: dict[str, object] = {"table": str(folder / "orders"), "customer": "customer", "time": "time", "known_at": "known"}
    orders |= {"columns": {"amount": "number", "channel": "category"}, "features": features | {"share": {"channel": ["web"]}}}
    declared = {
        "sources": {"orders": orders},
        "churn": {"no_activity_in": ["orders"], "active_within_days": 90},
        "snapshots": {"first": START, "every_days": 30},
    }
    return prepare(connection, Events.model_validate(declared), 90, [""], at, progress)


def generate(connection: Connection, events: int, months: int, folder: Path) -> None:
    """Write the orders of the first so many months, but for those that are there."""
    beside = folder / "beside" / "orders.parquet"
    for month in range(months):
        path = folder / "orders" / f"{month:02}.parquet"
        if not path.exists():
            connection.execute(f"COPY ({of_month(events, month)}) TO {value(beside)} (FORMAT parquet)")
            beside.replace(path)


def of_month(events: int, month: int) -> str:
    """A SELECT of the orders of a month; who they are of, and when, follows from a hash of their number."""
    rows, customers = events // MONTHS, events // 50
    first = f"(DATE '{START}' + INTERVAL {month} MONTH)"
    number = f"(hash(i + {month * rows}) / 18446744073709551616.0)"
    return f"""
        SELECT 'c' || CAST(floor({customers} * pow({number}, 2)) AS BIGINT) AS customer, time, time + INTERVAL 1 HOUR AS known,
               round(100 * (hash(i * 7) / 18446744073709551616.0), 2) AS amount,
               CASE WHEN hash(i * 3) % 4 = 0 THEN 'web' ELSE 'shop' END AS channel
        FROM (SELECT i, {first} + INTERVAL (CAST(hash(i * 11) % 2592000 AS BIGINT)) SECOND AS time FROM range({rows}) AS t(i))
    """


def measured(what: str, work: Callable[[], Result]) -> Result:
    """Do it, and print what it took."""
    began, cpu = perf_counter(), _cpu()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    click.echo(f"{what}: {perf_counter() - began:.1f} s, {_cpu() - cpu:.1f} s of CPU, peak {peak:.2f} GiB")
    return found


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--months", type=int, default=MONTHS, choices=range(1, MONTHS + 1), metavar=f"1-{MONTHS}")
    chosen = parser.parse_args()
    main(chosen.events, chosen.folder, chosen.months)
