"""What snapshots of many events cost: python -m bench.events EVENTS FOLDER

Writes EVENTS orders of two in a hundred as many customers over 36 months to FOLDER, one Parquet file a month, reads them into
the store, and makes an early and a late snapshot with the same windows. Prints seconds, CPU seconds and the peak of memory.
"""

import resource
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import click

from churn.console import progress
from churn.events.database import value, working
from churn.events.snapshot import build
from churn.events.task import Places, prepare
from churn.params import Events

MONTHS, START = 36, "2022-01-01"
SNAPSHOTS = (date(2022, 9, 1), date(2024, 9, 1))
Result = TypeVar("Result")


def main(events: int, folder: Path) -> None:
    """Run and print."""
    places = Places(folder / "data", folder / "state", folder / "beside")
    for place in (folder / "orders", places.state, places.beside):
        place.mkdir(parents=True)
    features = {"windows": [7, 30, 90], "sum": ["amount"], "mean": ["amount"], "last": ["channel"], "trend": True}
    orders: dict[str, object] = {"table": str(folder / "orders"), "customer": "customer", "time": "time", "known_at": "known"}
    orders |= {"columns": {"amount": "number", "channel": "category"}, "features": features | {"share": {"channel": ["web"]}}}
    declared = {
        "sources": {"orders": orders},
        "churn": {"no_activity_in": ["orders"], "active_within_days": 90},
        "snapshots": {"first": START, "every_days": 30},
    }
    with working(places.state) as connection:
        measured("generate", lambda: [connection.execute(of_month(events, month, folder)) for month in range(MONTHS)])
        task = measured(
            "read into the store",
            lambda: prepare(connection, Events.model_validate(declared), 90, [""], places, progress),
        )
        for day in SNAPSHOTS:
            made = measured(f"snapshot {day}", lambda day=day: build(connection, task, day))  # type: ignore[misc]
            click.echo(f"  {made.customers:,} customers, {made.churned:.1%} churned, {len(made.columns)} features")
    click.echo(f"disk: {sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()) / 2**30:.1f} GiB")
    shutil.rmtree(folder)


def of_month(events: int, month: int, folder: Path) -> str:
    """Write the orders of a month; who they are of, and when, follows from a hash of their number."""
    rows, customers = events // MONTHS, events // 50
    first = f"(DATE '{START}' + INTERVAL {month} MONTH)"
    number = f"(hash(i + {month * rows}) / 18446744073709551616.0)"
    return f"""COPY (
        SELECT 'c' || CAST(floor({customers} * pow({number}, 2)) AS BIGINT) AS customer, time, time + INTERVAL 1 HOUR AS known,
               round(100 * (hash(i * 7) / 18446744073709551616.0), 2) AS amount,
               CASE WHEN hash(i * 3) % 4 = 0 THEN 'web' ELSE 'shop' END AS channel
        FROM (SELECT i, {first} + INTERVAL (CAST(hash(i * 11) % 2592000 AS BIGINT)) SECOND AS time FROM range({rows}) AS t(i))
    ) TO {value(folder / "orders" / f"{month:02}.parquet")} (FORMAT parquet)"""


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
    main(int(sys.argv[1]), Path(sys.argv[2]))
