"""The works whose cost is measured: `python -m bench.scale.work NAME ROWS FOLDER`, after the same with --before.

--before makes what the work is done on, and is not measured.
"""

import argparse
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

TRAINED = 10_000  # rows of the table whose model scores
Step = Callable[[int, Path], None]


class Work(NamedTuple):
    """before: makes the input. do: is measured."""

    before: Step
    do: Step


def orders(rows: int, folder: Path) -> None:
    """Events of `bench.events`."""
    from bench import events  # noqa: PLC0415 - each work in its own process imports what it needs
    from churn.events.database import working  # noqa: PLC0415

    shutil.rmtree(folder, ignore_errors=True)
    with working(events.places(folder).state) as connection:
        events.generate(connection, rows, events.MONTHS, folder)


def snapshots(rows: int, folder: Path) -> None:  # noqa: ARG001 - all works are called alike
    """Read the events, and make the early and the late snapshot."""
    from bench import events  # noqa: PLC0415
    from churn.events.database import working  # noqa: PLC0415
    from churn.events.snapshot import build  # noqa: PLC0415

    at = events.places(folder)
    with working(at.state) as connection:
        task = events.read(connection, at, folder)
        for day in events.SNAPSHOTS:
            build(connection, task, day)


def customers(rows: int, folder: Path) -> None:
    """The labelled table."""
    from bench.scale.customers import main  # noqa: PLC0415

    main(rows, folder.with_name(f"customers-{rows}"))


def training(rows: int, folder: Path) -> None:
    """Every stage from data/ to the bundle."""
    from churn.stages import STAGES, run  # noqa: PLC0415

    os.chdir(folder.with_name(f"customers-{rows}"))
    for name in STAGES:
        if name != "track":
            run(name, lambda items, _: items)


def base(rows: int, folder: Path) -> None:
    """The labelled table, and the model of one of TRAINED rows."""
    customers(rows, folder)
    if not _bundle(folder).is_dir():
        customers(TRAINED, folder)
        training(TRAINED, folder)


def scoring(rows: int, folder: Path) -> None:
    """`churn score`, as the command does it."""
    from churn.score import job  # noqa: PLC0415
    from churn.score.model import chosen  # noqa: PLC0415

    table, out = folder.with_name(f"customers-{rows}") / "data", folder / "scored"
    shutil.rmtree(out, ignore_errors=True)
    job.score_all(str(table), str(out), chosen(None, _bundle(folder)))


def predictions(rows: int, folder: Path) -> None:
    """A window of logged predictions of thirty columns."""
    from bench.monitoring.large import fill  # noqa: PLC0415
    from churn.store import Store  # noqa: PLC0415

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fill(Store(_store(folder)), rows)


def drift(rows: int, folder: Path) -> None:  # noqa: ARG001 - all works are called alike
    """From the store to the verdict."""
    from bench.monitoring.large import ours  # noqa: PLC0415

    ours(_store(folder))


WORKS = {
    "snapshots": Work(orders, snapshots),
    "training": Work(customers, training),
    "scoring": Work(base, scoring),
    "drift verdict": Work(predictions, drift),
}


def _bundle(folder: Path) -> Path:
    return folder.with_name(f"customers-{TRAINED}") / "artifacts" / "bundle"


def _store(folder: Path) -> str:
    return f"sqlite:///{folder.absolute()}/store.db"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=list(WORKS))
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--before", action="store_true")
    chosen = parser.parse_args()
    one = WORKS[chosen.name]
    (one.before if chosen.before else one.do)(chosen.rows, chosen.folder.absolute())
