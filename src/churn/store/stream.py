"""Read the predictions of a snapshot in pieces, so that a table of millions never stands in memory as rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Label,
    Select,
    String,
    Text,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    type_coerce,
)

from churn.store.tables import outcomes, predictions

PIECE = 20_000


@dataclass(frozen=True)
class Piece:
    """n predictions as the driver gives them, in no order.

    features: the JSON text of each row. time: text from SQLite, a moment from PostgreSQL; either sorts in time. churned:
    None while the outcome is not known.
    """

    features: tuple[str, ...]
    probability: tuple[float, ...]
    customer: tuple[str | None, ...]
    time: tuple[str | datetime, ...]
    churned: tuple[bool | None, ...]


class Share(NamedTuple):
    """One of several parts of the predictions, which together are all of them; `number` counts from 0."""

    number: int
    of: int


@dataclass(frozen=True)
class Tally:
    """rows: predictions of a snapshot. known: those with an outcome. stayed: those of whom one said that the customer stayed.

    newest: when the last was made, None without any.
    """

    rows: int
    known: int
    stayed: int
    newest: datetime | None


def pieces(
    connection: Connection, snapshot: str, model_version: str | None, *, known: bool, share: Share | None
) -> Iterator[Piece]:
    """The predictions of a snapshot through a cursor that stays with the database; known: only those with an outcome."""
    columns = (
        cast(predictions.c.features, Text),
        predictions.c.probability,
        predictions.c.customer,
        type_coerce(predictions.c.time, String),
    )
    query = select(*columns, churned() if known else null())
    if known:
        query = query.where(predictions.c.id.in_(select(outcomes.c.prediction_id)))
    if share:
        query = query.where(_position(connection) % share.of == share.number)
    rows = connection.execute(_of(query, snapshot, model_version), execution_options={"yield_per": PIECE})
    for part in rows.partitions():
        yield Piece(*zip(*part, strict=True))


def tally(connection: Connection, snapshot: str, model_version: str | None) -> Tally:
    """Count the predictions of a snapshot."""
    counted = select(func.count(), func.max(predictions.c.time)).select_from(predictions)
    rows, newest = connection.execute(_of(counted, snapshot, model_version)).one()
    told = outcomes.c.prediction_id
    counts = func.count(told.distinct()), func.count(case((outcomes.c.churned.is_(False), told)).distinct())
    known, stayed = connection.execute(_of(select(*counts).join_from(outcomes, predictions), snapshot, model_version)).one()
    return Tally(rows, known, stayed, newest)


def _position(connection: Connection) -> ColumnElement[int]:
    """A whole number for each prediction that stays as it is and costs little: where it stands, or a hash of its id."""
    if connection.dialect.name == "sqlite":
        return literal_column("predictions.rowid", Integer)
    return func.hashtext(predictions.c.id, type_=Integer).op("&")(literal_column(str(2**31 - 1), Integer))


def _of(query: Select[Any], snapshot: str, model_version: str | None) -> Select[Any]:
    query = query.where(predictions.c.snapshot == snapshot)
    return query if model_version is None else query.where(predictions.c.model_version == model_version)


def churned() -> Label[bool]:
    """The last outcome of a prediction in a query of predictions, null while there is none."""
    newest = select(outcomes.c.churned).where(outcomes.c.prediction_id == predictions.c.id).order_by(outcomes.c.id.desc())
    return newest.limit(1).scalar_subquery().label("churned")
