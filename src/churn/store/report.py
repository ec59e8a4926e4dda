"""What became of predictions: outcomes as they are reported, each written once."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from churn.errors import FieldError, UnknownPrediction
from churn.store.stream import churned
from churn.store.tables import Outcome, outcomes, predictions

CHUNK = 500  # SQLite limits the variables of one statement


def add(connection: Connection, reported: Sequence[Outcome]) -> int:
    """Write outcomes but those that repeat the last known value; returns how many. Raises UnknownPrediction."""
    known = _known(connection, sorted({outcome.prediction_id for outcome in reported}))
    _refuse_unknown(reported, set(known))
    latest = {identity: value for identity, value in known.items() if value is not None}
    fresh = []
    for outcome in reported:
        if latest.get(outcome.prediction_id) is not outcome.churned:
            latest[outcome.prediction_id] = outcome.churned
            fresh.append(asdict(outcome))
    if fresh:
        connection.execute(insert(outcomes), fresh)
    return len(fresh)


def with_outcome() -> Select[Any]:
    """Predictions, each with the newest outcome row of its own."""
    return select(predictions, churned()).order_by(predictions.c.time, predictions.c.id)


def _known(connection: Connection, identities: list[str]) -> dict[str, bool | None]:
    """The last outcome of each prediction that exists, None while it has none.

    Until the transaction ends another report of the same predictions waits, else both would find the outcome absent. Rows
    are held in one order, and read by a statement of their own, which sees what was written while waiting.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    found: dict[str, bool | None] = {}
    for start in range(0, len(identities), CHUNK):
        named = predictions.c.id.in_(identities[start : start + CHUNK])
        connection.execute(select(predictions.c.id).where(named).order_by(predictions.c.id).with_for_update())
        found |= {row.id: row.churned for row in connection.execute(with_outcome().where(named))}
    return found


def _refuse_unknown(reported: Sequence[Outcome], known: set[str]) -> None:
    errors = [
        FieldError(f"outcomes.{i}.prediction_id", f"no prediction has the id '{outcome.prediction_id}'")
        for i, outcome in enumerate(reported)
        if outcome.prediction_id not in known
    ]
    if errors:
        raise UnknownPrediction(f"{len(errors)} of {len(reported)} outcomes name a prediction that was never made", errors)
