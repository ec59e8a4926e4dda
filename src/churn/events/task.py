"""What snapshots are made of: the declaration, and the store of each source, brought up to its table."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from churn.errors import TableError
from churn.events import outcome
from churn.events.cut import Store
from churn.events.database import Connection
from churn.events.ingest import Progress, ingest
from churn.params.events import Events


@dataclass(frozen=True)
class Places:
    """data: the folder of snapshots. state: of the stores of events. beside: for what is not ready, on the disk of `data`."""

    data: Path
    state: Path
    beside: Path


@dataclass(frozen=True)
class Task:
    """horizon: days after a date. missing: words that mean 'missing'.

    until: the last day of which all events that tell who churns have arrived.
    """

    events: Events
    horizon: int
    missing: tuple[str, ...]
    places: Places
    stores: dict[str, Store]
    until: date

    def mature(self, day: date) -> bool:
        """Whether the outcomes of a date can be told."""
        return day + timedelta(days=self.events.told_after(self.horizon)) <= self.until

    @property
    def schedule(self) -> list[date]:
        """The declared dates, as far as events reach."""
        dates = self.events.snapshots
        count = (self.until - dates.first).days // dates.every_days + 1
        if count < 1:
            raise TableError(f"events.snapshots: the first date is {dates.first}, and events end on {self.until}")
        return [dates.first + timedelta(days=dates.every_days * place) for place in range(count)]

    def told(self) -> Iterator[str]:
        """A line for each source: how much is in it, and what was passed over."""
        for key, store in self.stores.items():
            kept = store.ledger
            nobody = f"; {kept.nobody:,} rows have no customer or no time and are passed over" if kept.nobody else ""
            plans = "; what lies after today tells nothing yet" if kept.newest and kept.newest > _now() else ""
            yield f"{key}: {kept.rows:,} events from {kept.oldest:%Y-%m-%d} to {kept.newest:%Y-%m-%d}{nobody}{plans}"


def prepare(
    connection: Connection, events: Events, horizon: int, missing: Collection[str], places: Places, progress: Progress
) -> Task:
    """Read what is new of each source. Raises TableError for a source that cannot be read, or has no events."""
    stores = {}
    for key, source in events.sources.items():
        folder = places.state / key
        stores[key] = Store(source, folder, ingest(connection, key, source, folder, missing, progress))
        if not stores[key].ledger.parts:
            raise TableError(f"events.sources.{key}: there is no event that counts; look at `only`, and at the table")
    until = outcome.complete_until(connection, events, stores, _now())
    return Task(events, horizon, tuple(sorted(missing)), places, stores, until)


def _now() -> datetime:
    """In UTC, as the times in a store are."""
    return datetime.now(UTC).replace(tzinfo=None)
