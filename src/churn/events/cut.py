"""What was known of a source on a date. Every feature is made of this and of nothing else."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from churn.events.database import listed, name
from churn.events.ledger import Ledger
from churn.params.events import CUSTOMER, ENDED, KNOWN, TIME, Source

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Store:
    """A source with its events. folder: of the parts that the ledger names."""

    source: Source
    folder: Path
    ledger: Ledger

    def cut(self, day: date, days: int) -> str:
        """A SELECT of the events of the `days` days that end with `day`, as far as they were known when it ended.

        The end of a subscription is known on its day, not before.
        """
        end = moment(day + DAY)
        columns = [CUSTOMER, TIME, KNOWN, *map(name, self.source.columns)]
        columns += [f"CASE WHEN {ENDED} < {end} THEN {ENDED} END AS {ENDED}"] if self.source.ended else []
        known = f"{TIME} >= {moment(day + DAY - timedelta(days=days))} AND {TIME} < {end} AND {KNOWN} < {end}"
        return f"SELECT {', '.join(columns)} FROM {self._parts(day - timedelta(days=days), day)} WHERE {known}"

    def after(self, day: date, days: int) -> str:
        """A SELECT of the customers with an event in the `days` days after `day`, whenever it became known."""
        last = day + timedelta(days=days)
        later = f"{TIME} >= {moment(day + DAY)} AND {TIME} < {moment(last + DAY)}"
        return f"SELECT {CUSTOMER} FROM {self._parts(day, last)} WHERE {later}"

    def until(self, day: date) -> str:
        """A SELECT of all events to the end of a day, whenever they became known."""
        return f"SELECT * FROM {self._parts(date.min, day)} WHERE {TIME} < {moment(day + DAY)}"

    def files(self, first: date, last: date) -> list[str]:
        """The parts that hold the events from one day to another; the names follow from their content."""
        return self.ledger.between(first, last)

    def _parts(self, first: date, last: date) -> str:
        """Sorted by time, so that a month's row groups outside of the wanted days are passed over."""
        found = self.files(first, last) or list(self.ledger.between(date.min, date.max))[:1]
        return f"read_parquet({listed([str(self.folder / file) for file in found])}, hive_partitioning = false)"


def moment(day: date) -> str:
    """The beginning of a day."""
    return f"TIMESTAMP '{day.isoformat()}'"
