"""Tables of the store, and the values that go into them."""

import getpass
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    inspect,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """A moment with its time zone; kept in UTC, because SQLite keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Into the database. A naive time is taken as local, as `datetime.astimezone` does."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Out of the database, which may give it in a zone of its own."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def user() -> str:
    """Who runs this process, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in many containers
        return f"user {os.getuid()}"


class Prediction(NamedTuple):
    """One answered prediction.

    `snapshot` is the period it belongs to, the month of `time` unless the caller named one; `latency` is the seconds from
    its arrival until it went to the store. `withheld` is None unless the customer belongs to the control group, and then
    whether a contact would have been recommended.
    """

    id: str
    time: datetime
    snapshot: str
    customer: str | None
    features: dict[str, Any]
    probability: float
    contact: bool
    model_version: str
    data_hash: str
    latency: float | None = None
    withheld: bool | None = None


@dataclass(frozen=True)
class ChallengerScore:
    """What a challenger made of a row that the champion answered: a score and the seconds it took, or an error.

    `prediction_id` is the champion's answer, None where a canary failed before there was one. `contact` is what the
    challenger recommends.
    """

    prediction_id: str | None
    time: datetime
    version: str
    mode: str
    probability: float | None = None
    contact: bool | None = None
    seconds: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a predicted customer: `churned` as observed at `observed_at`."""

    prediction_id: str
    churned: bool
    observed_at: datetime = field(default_factory=now)


@dataclass(frozen=True)
class Window:
    """What monitoring found in the predictions of one snapshot made by one model version."""

    snapshot: str
    model_version: str
    verdict: str
    figures: dict[str, Any]
    time: datetime = field(default_factory=now)


@dataclass(frozen=True)
class Event:
    """One line of the model's history: what happened to a version, who did it, and when; `detail` holds the rest."""

    kind: str
    version: str
    detail: dict[str, Any] = field(default_factory=dict)
    time: datetime = field(default_factory=now)
    who: str = field(default_factory=user)


predictions = Table(
    "predictions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("time", UtcTime(), nullable=False),
    Column("snapshot", String, nullable=False, index=True),
    Column("customer", String),
    Column("features", JSON, nullable=False),
    Column("probability", Float(53), nullable=False),
    Column("contact", Boolean, nullable=False),
    Column("model_version", String, nullable=False),
    Column("data_hash", String, nullable=False),
    Column("latency", Float(53)),
    Column("withheld", Boolean),
)
challenger_scores = Table(
    "challenger_scores",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("prediction_id", String(36)),
    Column("time", UtcTime(), nullable=False),
    Column("version", String, nullable=False, index=True),
    Column("mode", String, nullable=False),
    Column("probability", Float(53)),
    Column("contact", Boolean),
    Column("seconds", Float(53)),
    Column("error", String),
)
kept_answers = Table(
    "kept_answers",
    metadata,
    Column("name", String, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("time", UtcTime(), nullable=False, index=True),
)
outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("prediction_id", String(36), ForeignKey("predictions.id"), nullable=False, index=True),
    Column("churned", Boolean, nullable=False),
    Column("observed_at", UtcTime(), nullable=False),
)
windows = Table(
    "windows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("snapshot", String, nullable=False),
    Column("model_version", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("time", UtcTime(), nullable=False),
)
history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("version", String, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("time", UtcTime(), nullable=False),
    Column("who", String),
    Column("number", Integer),
    Column("hash", String(64)),
)
head = Table(
    "history_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
turns = Table(
    "turns",
    metadata,
    Column("name", String, primary_key=True),
    Column("time", UtcTime(), nullable=False),
)


def add_columns(connection: Connection) -> None:
    """Give tables that an older version made their missing columns, all of which may be empty."""
    for table in metadata.sorted_tables:
        known = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in (column for column in table.columns if column.name not in known):
            kind = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")
