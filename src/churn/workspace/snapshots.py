"""A folder with a params.yaml that declares tables of events becomes a workspace whose data/ are snapshots of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from churn import settings, versioning
from churn.events.build import Brought, bring, path_of
from churn.events.database import Connection, working
from churn.events.ingest import Progress
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
        newest = brought.newest
        publish(connection, path_of(task, newest), brought.made[newest].sha256, table)
        yield from (*task.told(), *brought.lines())
    yield from _adopt(draft, brought)


@contextmanager
def prepared(draft: Draft, progress: Progress) -> Iterator[tuple[Connection, Task]]:
    """A database at work, and what the current folder declares."""
    events, horizon = draft.events, draft.problem.horizon_days
    places = Places(Path("data"), settings.load().state / "events", BESIDE)
    for folder in (places.state, places.beside):
        folder.mkdir(parents=True, exist_ok=True)
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
