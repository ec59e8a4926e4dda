"""A folder with a params.yaml that declares tables of events becomes a workspace whose data/ are snapshots of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from churn import settings, versioning
from churn.errors import TableError
from churn.events.build import Brought, bring, path_of
from churn.events.database import Connection, working
from churn.events.ingest import Progress
from churn.events.lookup import look_up
from churn.events.table import publish
from churn.events.task import Places, Task, prepare
from churn.workspace.complete import Draft
from churn.workspace.create import TRACKED, scaffold

PARAMS = Path("params.yaml")
BESIDE = Path("artifacts/snapshots")


def snapshots(at: date | None, progress: Progress) -> Iterator[str]:
    """Bring data/ of the current folder up to its events, and pin it. at: one date to make besides those that are there.

    Tells what was done. What a new workspace needs is written when the first snapshots are there.
    """
    draft, table = Draft(PARAMS), settings.load().features
    with prepared(draft, progress) as (connection, task):
        brought = bring(connection, task, at, progress)
        if brought.newest in brought.anew or not table.is_file():
            publish(connection, path_of(task, brought.newest), table)
        yield from (*task.told(), *brought.lines())
    yield from _adopt(draft, brought)


@contextmanager
def prepared(draft: Draft, progress: Progress) -> Iterator[tuple[Connection, Task]]:
    """A database at work, and what the current folder declares."""
    places = Places(Path("data"), settings.load().state / "events", BESIDE)
    for folder in (places.state, places.beside):
        folder.mkdir(parents=True, exist_ok=True)
    events, horizon = draft.events, draft.problem.horizon_days
    with working(places.state) as connection:
        yield connection, prepare(connection, events, horizon, draft.missing_words, places, progress)


def _adopt(draft: Draft, brought: Brought) -> Iterator[str]:
    """Declare the features in params.yaml, write what a workspace lacks, and pin data/."""
    here, new = Path(), not Path("dvc.yaml").is_file()
    text = draft.completed(brought.columns)
    if text != PARAMS.read_text(encoding="utf-8"):
        PARAMS.write_text(text, encoding="utf-8")
        yield f"{PARAMS}: data.columns lists the {len(brought.columns)} features"
    in_git = versioning.inside_git(here)
    if new:
        scaffold(here, text)
        yield "Wrote dvc.yaml, prefect.yaml and data.dvc. Next: dvc repro, churn deploy, churn serve."
    versioning.pin(here)
    if not in_git:
        versioning.record("A new workspace", TRACKED, here)


def features(customer: str, day: date, progress: Progress) -> Iterator[str]:
    """What a snapshot of a date has of a customer, and the events behind each value. Raises TableError where there are none."""
    with prepared(Draft(PARAMS), progress) as (connection, task):
        found, events = look_up(connection, task, customer, day)
    if not events:
        raise TableError(f"no event of customer '{customer}' was known on {day} and lies within the declared windows")
    width = max(len(one.feature) for one in found)
    for one in found:
        yield f"{one.feature.ljust(width)}  {_shown(one.value):>12}  of {_places(one.events)}"
    for place, event in enumerate(events, 1):
        late = f", known at {event.known}" if event.known > event.time else ""
        values = ", ".join(f"{name} {_shown(value)}" for name, value in event.values.items())
        yield f"{place:>4}  {event.time}  {event.source}{late}: {values}"


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _places(events: list[int]) -> str:
    """Positions in short: 2-5, 8."""
    runs: list[list[int]] = []
    for place in events:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs) or "no event"
