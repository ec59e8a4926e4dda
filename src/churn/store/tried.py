"""What the store knows of a challenger beside the champion, and of the control group."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, select
from sqlalchemy.sql.selectable import Select, Subquery

from churn.store.tables import challenger_scores, outcomes, predictions


class Kept(NamedTuple):
    """A prediction as the shadow needs it."""

    id: str
    customer: str | None
    features: dict[str, Any]


class Sums(NamedTuple):
    """Sums over the predictions of one version: scores, late answers, and losses of those whose outcome is known."""

    rows: int = 0
    total: float = 0.0
    squares: float = 0.0
    late: int = 0
    known: int = 0
    losses: float = 0.0
    loss_squares: float = 0.0


class Tried:
    """Questions about challengers and the control group; `begin` gives a connection in a transaction."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._begin = begin

    def newest(self) -> str:
        """The id of the newest prediction, empty where there is none; ids begin with the time."""
        with self._begin() as connection:
            return connection.scalar(select(func.max(predictions.c.id))) or ""

    def after(self, identity: str, version: str, most: int) -> list[Kept]:
        """Up to `most` predictions that came after one, oldest first, leaving out those of a version."""
        columns = select(predictions.c.id, predictions.c.customer, predictions.c.features)
        query = columns.where(predictions.c.id > identity, predictions.c.model_version != version)
        with self._begin() as connection:
            return [Kept(*row) for row in connection.execute(query.order_by(predictions.c.id).limit(most))]

    def compared(self, version: str, since: datetime) -> list[tuple[Any, ...]]:
        """Rows that champion and challenger have scored, as `churn.rollout.shadow.Compared` has them."""
        tried, known = challenger_scores.c, _outcomes()
        columns = (
            predictions.c.probability,
            func.coalesce(predictions.c.withheld, predictions.c.contact),
            tried.probability,
            tried.contact,
            tried.seconds,
            tried.error,
            known.c.churned,
        )
        joined = select(*columns).join_from(challenger_scores, predictions, tried.prediction_id == predictions.c.id)
        query = joined.outerjoin(known, known.c.prediction_id == predictions.c.id)
        where = tried.version == version, tried.mode == "shadow", tried.time >= since
        with self._begin() as connection:
            return [tuple(row) for row in connection.execute(query.where(*where).order_by(tried.id))]

    def scored(self, version: str, mode: str, since: datetime) -> int:
        """Rows of a challenger: those scored in the shadow, or those on which a canary failed."""
        tried = challenger_scores.c
        where = tried.version == version, tried.mode == mode, tried.time >= since
        with self._begin() as connection:
            return connection.scalar(select(func.count()).select_from(challenger_scores).where(*where)) or 0

    def answered(self, version: str, since: datetime) -> int:
        """Predictions since a moment, without those of a version."""
        where = _made_since(since), predictions.c.model_version != version
        with self._begin() as connection:
            return connection.scalar(select(func.count()).select_from(predictions).where(*where)) or 0

    def sums(self, since: datetime, late: float) -> dict[str, Sums]:
        """For each version that has answered since a moment, its sums. late: seconds above which an answer is late."""
        p, known = predictions.c, _outcomes()
        error = p.probability - case((known.c.churned, 1.0), else_=0.0)
        loss = error * error
        told = known.c.churned.is_not(None)
        columns = (
            func.count(),
            func.sum(p.probability),
            func.sum(p.probability * p.probability),
            func.sum(case((p.latency > late, 1), else_=0)),
            func.sum(case((told, 1), else_=0)),
            func.sum(case((told, loss), else_=0.0)),
            func.sum(case((told, loss * loss), else_=0.0)),
        )
        query = select(p.model_version, *columns).outerjoin_from(predictions, known, known.c.prediction_id == p.id)
        with self._begin() as connection:
            rows = connection.execute(query.where(_made_since(since)).group_by(p.model_version))
            return {row[0]: Sums(*row[1:]) for row in rows}

    def recommended(self, snapshots: Sequence[str]) -> list[tuple[bool, bool]]:
        """Whether they were withheld, and whether they left: customers who would have been recommended, each counted once.

        snapshots: those that count. While outcomes still arrive, most that are known are of customers who have left.

        A customer counts at the first recommendation whose outcome is known: later ones are of those who have stayed. One
        without an id is one row. What was predicted before there was a control group does not count, for it has no equal.
        """
        p, known = predictions.c, _outcomes()
        query = select(p.customer, p.withheld, known.c.churned).join_from(predictions, known, known.c.prediction_id == p.id)
        found: dict[str, tuple[bool, bool]] = {}
        nameless = []
        with self._begin() as connection:
            first = connection.scalar(select(func.min(p.id)).where(p.withheld.is_not(None))) or "~"  # behind every id
            wanted = p.contact | p.withheld, p.id >= first, p.snapshot.in_(snapshots)
            rows = connection.execute(query.where(*wanted).order_by(p.id))
            for customer, withheld, churned in rows:
                row = (withheld is not None, churned)
                nameless.append(row) if customer is None else found.setdefault(customer, row)
            return [*found.values(), *nameless]


def _outcomes() -> Subquery:
    """The newest outcome of each prediction."""
    last: Select[Any] = select(func.max(outcomes.c.id)).group_by(outcomes.c.prediction_id)
    return select(outcomes.c.prediction_id, outcomes.c.churned).where(outcomes.c.id.in_(last)).subquery("known")


def _made_since(moment: datetime) -> ColumnElement[bool]:
    """By the id, which begins with the time in milliseconds and is indexed; the column of times is not."""
    stamp = f"{int(moment.timestamp() * 1000):012x}"
    return predictions.c.id >= f"{stamp[:8]}-{stamp[8:]}"
