"""Bring the snapshots in a folder up to date. Only those are made anew of which something has changed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from churn.errors import TableError
from churn.events.database import Connection
from churn.events.fingerprint import fingerprint
from churn.events.ingest import Progress
from churn.events.snapshot import build
from churn.events.task import Task
from churn.params import Kind

MADE = "snapshots.json"
PREFIX, SUFFIXES = "snapshot-", (".parquet", ".csv")


class Made(msgspec.Struct, frozen=True):
    """A snapshot. fingerprint: of what it is made of. sha256: of the file. churned: share, None before it can be told."""

    fingerprint: str
    sha256: str
    customers: int
    churned: float | None
    columns: dict[str, Kind]

    @property
    def told(self) -> str:
        """How many customers, and what became of them."""
        share = "outcomes not yet known" if self.churned is None else f"{self.churned:.1%} churned"
        return f"{self.customers:,} customers, {share}"


@dataclass(frozen=True)
class Brought:
    """made: by date. anew: the dates of those that were made anew."""

    made: dict[date, Made]
    anew: list[date]

    @property
    def newest(self) -> date:
        """The date of the newest snapshot."""
        return max(self.made)

    @property
    def columns(self) -> dict[str, Kind]:
        """The features with their kinds."""
        return self.made[self.newest].columns

    def lines(self) -> Iterator[str]:
        """A line for each snapshot."""
        for day, one in self.made.items():
            yield f"{PREFIX}{day}: {one.told}{'' if day in self.anew else ' (unchanged)'}"


def bring(connection: Connection, task: Task, at: date | None, progress: Progress) -> Brought:
    """Make the snapshots of the declared dates, or of the date `at` alone, and keep those that are there up to date.

    Each is written beside and then renamed, so that a killed run leaves whole snapshots only, and is continued by the next.
    Raises TableError for a date that events do not reach.
    """
    if at and at > task.until:
        raise TableError(f"there is no snapshot of {at} yet: events are complete until {task.until}")
    task.places.data.mkdir(parents=True, exist_ok=True)
    days = sorted({*([at] if at else task.schedule), *_there(task.places.data)})
    wanted = {day: fingerprint(task, day) for day in days}
    made = _read(task.places.state / MADE)
    anew = [day for day in days if not _fresh(task, day, made.get(str(day)), wanted[day])]
    for day in progress(anew, "snapshots"):
        written = build(connection, task, day)
        one = Made(wanted[day], _sha256(written.path), written.customers, written.churned, written.columns)
        _put(task, day, written.path)
        made[str(day)] = one
        _write(task.places.state / MADE, made)
    return Brought({day: made[str(day)] for day in days}, anew)


def _there(folder: Path) -> Iterator[date]:
    """The dates of the snapshots in a folder."""
    for path in folder.glob(f"{PREFIX}[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].*"):
        if path.suffix in SUFFIXES:
            yield date.fromisoformat(path.stem.removeprefix(PREFIX))


def path_of(task: Task, day: date) -> Path:
    """Where the snapshot of a date lies."""
    return task.places.data / f"{PREFIX}{day}.{task.events.snapshots.format}"


def _fresh(task: Task, day: date, one: Made | None, wanted: str) -> bool:
    path = path_of(task, day)
    return one is not None and one.fingerprint == wanted and path.is_file() and _sha256(path) == one.sha256


def _put(task: Task, day: date, written: Path) -> None:
    """Move a snapshot to its place, in which there is none of the other format then."""
    path = path_of(task, day)
    written.replace(path)
    for suffix in SUFFIXES:
        if suffix != path.suffix:
            path.with_suffix(suffix).unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read(path: Path) -> dict[str, Made]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Made]) if path.is_file() else {}


def _write(path: Path, made: dict[str, Made]) -> None:
    beside = path.with_name(f".{path.name}")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    beside.replace(path)
