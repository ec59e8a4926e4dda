"""The features that a source declares, as aggregates over its cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from churn.events.cut import DAY, moment
from churn.events.database import listed, name
from churn.params import Kind
from churn.params.events import TIME, Declared, Source, word

EXACT = "DECIMAL(28, 10)"  # sums of these do not depend on the order of the rows, which sums of floats do


@dataclass(frozen=True)
class Feature:
    """name: as the table has it. expression: over the cut, by customer. empty: for a customer without any event."""

    name: str
    kind: Kind
    expression: str
    empty: str = "NULL"


def features(key: str, source: Source, day: date) -> list[Feature]:
    """What is made of a source on a date. Each looks only at the window that its name tells, or at the lookback."""
    if source.features is None:
        return []
    return list(_features(_Maker(key, source, source.features, day)))


@dataclass(frozen=True)
class _Maker:
    key: str
    source: Source
    declared: Declared
    day: date

    def within(self, days: int, before: int = 0) -> str:
        """Whether an event lies in the window of so many days that ends so many days before the date ends."""
        end = self.day + DAY - timedelta(days=before)
        return f"{TIME} >= {moment(end - timedelta(days=days))} AND {TIME} < {moment(end)}"

    def window(self, days: int) -> Iterator[Feature]:
        """The features of one window."""
        declared, events = self.declared, f"count(*) FILTER ({self.within(days)})"
        if declared.count:
            yield Feature(f"{self.key}_count_{days}d", "number", events, "0")
        for column in declared.sum:
            yield Feature(f"{self.key}_{word(column)}_sum_{days}d", "number", f"coalesce({self._sum(column, days)}, 0)", "0")
        for column in declared.mean:
            known = f"count({name(column)}) FILTER ({self.within(days)})"
            yield Feature(
                f"{self.key}_{word(column)}_mean_{days}d", "number", f"{self._sum(column, days)} / nullif({known}, 0)"
            )
        if declared.trend:
            earlier = f"count(*) FILTER ({self.within(days, before=days)})"
            trend = f"({events} - {earlier}) / CAST(nullif({events} + {earlier}, 0) AS DOUBLE)"
            yield Feature(f"{self.key}_trend_{days}d", "number", trend)
        for column, levels in declared.share.items():
            for level in levels:
                of_level = f"count(*) FILTER ({self.within(days)} AND list_contains({listed([level])}, {name(column)}))"
                share = f"{of_level} / CAST(nullif({events}, 0) AS DOUBLE)"
                yield Feature(f"{self.key}_{word(column)}_{word(level)}_share_{days}d", "number", share)

    def newest(self, column: str) -> Feature:
        """The newest known value; of several at one time the largest."""
        cell = name(column)
        pair = f"max({{'time': {TIME}, 'value': {cell}}}) FILTER ({cell} IS NOT NULL AND {self.within(self.declared.lookback)})"
        return Feature(f"{self.key}_{word(column)}_last", self.source.columns[column], f"({pair}).value")

    def since(self) -> Feature:
        """Days since the newest event."""
        newest = f"max({TIME}) FILTER ({self.within(self.declared.lookback)})"
        return Feature(f"{self.key}_days_since", "number", f"date_diff('day', CAST({newest} AS DATE), DATE '{self.day}')")

    def _sum(self, column: str, days: int) -> str:
        return f"CAST(sum(CAST({name(column)} AS {EXACT})) FILTER ({self.within(days)}) AS DOUBLE)"


def _features(maker: _Maker) -> Iterator[Feature]:
    for days in maker.declared.windows:
        yield from maker.window(days)
    yield from (maker.newest(column) for column in maker.declared.last)
    if maker.declared.days_since:
        yield maker.since()
