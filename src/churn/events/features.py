"""The features that a source declares, as aggregates over its cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from churn.events.cut import DAY, moment
from churn.events.database import name, value
from churn.params import Kind
from churn.params.events import TIME, Declared, Source, word

EXACT = "DECIMAL(28, 10)"  # sums of these do not depend on the order of the rows, which sums of floats do


@dataclass(frozen=True)
class Feature:
    """name: as the table has it. days: how far it looks back. expression: over the cut, by customer.

    empty: for a customer without any event.
    """

    name: str
    kind: Kind
    days: int
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
        if self.declared.count:
            yield self._number("count", days, self._count(days), "0")
        for column in self.declared.sum:
            yield self._number(f"{word(column)}_sum", days, f"coalesce({self._sum(column, days)}, 0)", "0")
        for column in self.declared.mean:
            known = f"count({name(column)}) FILTER ({self.within(days)})"
            yield self._number(f"{word(column)}_mean", days, f"{self._sum(column, days)} / nullif({known}, 0)")
        if self.declared.trend:
            yield self._trend(days)
        for column, levels in self.declared.share.items():
            yield from (self._share(column, level, days) for level in levels)

    def newest(self, column: str) -> Feature:
        """The newest known value; of several at one time the largest."""
        cell, kind, days = name(column), self.source.columns[column], self.declared.lookback
        known = f"{cell} IS NOT NULL AND {self.within(days)}"
        pair = f"max({{'time': {TIME}, 'value': {cell}}}) FILTER ({known})"
        return Feature(f"{self.key}_{word(column)}_last", kind, days, f"({pair}).value")

    def since(self) -> Feature:
        """Days since the newest event."""
        days = self.declared.lookback
        newest = f"CAST(max({TIME}) FILTER ({self.within(days)}) AS DATE)"
        return Feature(f"{self.key}_days_since", "number", days, f"date_diff('day', {newest}, DATE '{self.day}')")

    def _number(self, what: str, days: int, expression: str, empty: str = "NULL") -> Feature:
        return Feature(f"{self.key}_{what}_{days}d", "number", days, expression, empty)

    def _trend(self, days: int) -> Feature:
        """From -1, nothing now, to 1, nothing before."""
        now, before = self._count(days), f"count(*) FILTER ({self.within(days, before=days)})"
        trend = f"({now} - {before}) / CAST(nullif({now} + {before}, 0) AS DOUBLE)"
        return Feature(f"{self.key}_trend_{days}d", "number", 2 * days, trend)

    def _share(self, column: str, level: str, days: int) -> Feature:
        of_level = f"count(*) FILTER ({self.within(days)} AND {name(column)} = {value(level)})"
        share = f"{of_level} / CAST(nullif({self._count(days)}, 0) AS DOUBLE)"
        return self._number(f"{word(column)}_{word(level)}_share", days, share)

    def _count(self, days: int) -> str:
        return f"count(*) FILTER ({self.within(days)})"

    def _sum(self, column: str, days: int) -> str:
        return f"CAST(sum(CAST({name(column)} AS {EXACT})) FILTER ({self.within(days)}) AS DOUBLE)"


def _features(maker: _Maker) -> Iterator[Feature]:
    for days in maker.declared.windows:
        yield from maker.window(days)
    yield from (maker.newest(column) for column in maker.declared.last)
    if maker.declared.days_since:
        yield maker.since()
