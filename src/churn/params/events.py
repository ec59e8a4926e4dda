"""The `events` part of params.yaml: which tables tell what customers did, and what is made of them."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from churn.params.data import Kind, Sign
from churn.params.section import Section

CUSTOMER, SNAPSHOT, CHURNED = "customer_id", "snapshot", "churned"  # what a snapshot has besides features
TIME, KNOWN, ENDED = "time", "known_at", "ended"
Name = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]
Days = Annotated[int, Field(ge=1)]


def _texts(words: Any) -> Any:
    """Values as the table writes them, also where YAML reads a number or a boolean."""
    return [str(word).lower() if isinstance(word, bool) else str(word) for word in words] if isinstance(words, list) else words


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts), Field(min_length=1)]


class Declared(Section):
    """The features that are made of one source, each over every window."""

    windows: tuple[Days, ...] = Field((7, 30, 90), min_length=1, description="days up to the snapshot's date")
    count: bool = Field(True, description="how many events")
    sum: tuple[str, ...] = Field((), description="columns of numbers")
    mean: tuple[str, ...] = Field((), description="columns of numbers")
    last: tuple[str, ...] = Field((), description="columns; their newest value within the longest window")
    days_since: bool = Field(True, description="days since the newest event within the longest window")
    trend: bool = Field(False, description="(now - before) / (now + before), of counts in a window and in the one before it")
    share: dict[str, Texts] = Field({}, description="column: levels; the share of each among the events")

    @property
    def lookback(self) -> int:
        """Days before a date in which an event can matter."""
        return max(self.windows) * (2 if self.trend else 1)


class Source(Section):
    """A table of events, one a row: files, or what a query finds in a database."""

    table: str | None = Field(None, description="CSV or Parquet file, folder of either, or pattern with *")
    url: str | None = Field(None, description="or a database, as SQLAlchemy writes it; $NAME is taken from the environment")
    query: str | None = Field(None, description="what to ask the database")
    delimiter: str = Field(",", min_length=1, description="of CSV files; `whitespace`: any run of spaces or tabs")
    decimal: Sign = Field(".", description="decimal sign of numbers stored as text")
    customer: str
    time: str = Field(description="column that tells when it happened")
    time_format: str | None = Field(None, description="how times are written, as strptime takes it; null: ISO 8601")
    known_at: str | None = Field(None, description="column that tells when it became known; null: when it happened")
    ended: str | None = Field(None, description="of subscriptions, which begin at `time`: column of the end; empty: running")
    columns: dict[str, Kind] = Field({}, description="the other columns that are read, with their kinds")
    only: dict[str, Texts] = Field({}, description="column: the values that count; rows with others are passed over")
    features: Declared | None = Field(Declared(), description="null: none are made of it")

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """A source is a table or a query, and every column that is spoken of is a declared one of a fitting kind."""
        if (self.table is None) == (self.url is None) or (self.url is None) != (self.query is None):
            raise ValueError("give either table, or url and query")
        taken = {CUSTOMER, TIME, KNOWN, ENDED, self.ended} & set(self.columns)
        if taken:
            raise ValueError(
                f"columns: '{sorted(map(str, taken))[0]}' has a meaning of its own; rename the column in the table"
            )
        for key, name, kind in self._spoken_of():
            if self.columns.get(name) not in kind:
                raise ValueError(f"features.{key}: '{name}' is not among the columns that are a {' or '.join(kind)}")
        return self

    def _spoken_of(self) -> list[tuple[str, str, tuple[str, ...]]]:
        if self.features is None:
            return []
        numbers = [(key, name, ("number",)) for key in ("sum", "mean") for name in getattr(self.features, key)]
        last = [("last", name, ("number", "category", "boolean")) for name in self.features.last]
        return [*numbers, *last, *(("share", name, ("category",)) for name in self.features.share)]


class Silence(Section):
    """A customer churns who does nothing in the horizon after the date; `problem.horizon_days` says how long it is."""

    no_activity_in: tuple[Name, ...] = Field(min_length=1, description="sources in which any event is activity")
    active_within_days: Days = Field(description="who did something in so many days before a date is a customer on it")


class Ending(Section):
    """A customer churns whose subscription ends in the horizon after the date and is not renewed soon."""

    subscription: Name = Field(description="source of subscriptions, which has `ended`")
    renewed_within_days: int = Field(ge=0, description="a new one that begins within so many days continues the old")


class Dates(Section):
    """The dates of the snapshots, up to the newest event."""

    first: date
    every_days: Days
    arrives_within_days: int = Field(0, ge=0, description="how long after it happened an event may arrive")
    format: Literal["parquet", "csv"] = "parquet"


class Own(Section):
    """Features that the user writes: they are asked of tables that end at the snapshot's date."""

    sql: str | None = Field(None, description="a SELECT with customer_id and one column for each feature")
    python: str | None = Field(None, pattern=r"^[\w.]+:\w+$", description="or module:function in this folder")
    of: tuple[Name, ...] = Field(min_length=1, description="the sources that it sees")
    days: Days = Field(description="how far back it sees them")

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """It is written in one language."""
        if (self.sql is None) == (self.python is None):
            raise ValueError("give either sql or python")
        return self


class Events(Section):
    """How `churn snapshots` makes data/ of tables of events."""

    sources: dict[Name, Source] = Field(min_length=1)
    churn: Silence | Ending
    snapshots: Dates
    own: dict[Name, Own] = Field({}, description="features that the user writes")

    def told_after(self, horizon: int) -> int:
        """Days after a date, by the times of events, until they tell who has churned in the horizon after it."""
        return horizon + (self.churn.renewed_within_days if isinstance(self.churn, Ending) else 0)

    def known_after(self, horizon: int) -> int:
        """Days after a date until all events that tell have arrived."""
        return self.told_after(horizon) + self.snapshots.arrives_within_days

    @property
    def active(self) -> tuple[str, ...]:
        """The sources that tell who is a customer."""
        return self.churn.no_activity_in if isinstance(self.churn, Silence) else (self.churn.subscription,)

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """Every source that is spoken of is declared."""
        spoken = [("churn", name) for name in self.active]
        spoken += [(f"own.{key}.of", name) for key, one in self.own.items() for name in one.of]
        unknown = next(((key, name) for key, name in spoken if name not in self.sources), None)
        if unknown:
            raise ValueError(f"{unknown[0]}: '{unknown[1]}' is not among the sources")
        if isinstance(self.churn, Ending) and self.sources[self.churn.subscription].ended is None:
            raise ValueError(f"sources.{self.churn.subscription}: subscriptions need `ended`, the column of their end")
        if not self.own and all(source.features is None for source in self.sources.values()):
            raise ValueError("no feature is declared")
        return self


def word(text: str) -> str:
    """A text as a part of a feature's name."""
    return re.sub(r"\W+", "_", text).strip("_")
