"""Answers that are kept under a key of the caller, so that asking again gives the first answer and no second prediction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from churn.store.tables import Prediction, kept_answers, predictions

KEPT_FOR = timedelta(hours=24)
PRUNED = 2  # expired answers that are deleted for each one that is kept, so that they never pile up
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class KeptAnswer:
    """An answer under its key.

    `name` is whose key it is and the key; `digest` tells whether another request is the same one; `made` are the
    predictions in the answer, which are written with it or not at all.
    """

    name: str
    digest: str
    answer: bytes
    time: datetime
    made: Sequence[Prediction] = ()


def keep(connection: Connection, answers: Sequence[KeptAnswer]) -> set[str]:
    """Write answers with their predictions, in one transaction. Returns the names that another answer had already.

    A database of several writers lets the later one wait for the earlier; all writers take names in the same order, so
    that no two wait for each other.
    """
    lost = {one.name for one in sorted(answers, key=lambda one: one.name) if not _claimed(connection, one)}
    made = [prediction for one in answers if one.name not in lost for prediction in one.made]
    if made:
        names = predictions.c.keys()
        connection.execute(insert(predictions), [{name: getattr(one, name) for name in names} for one in made])
    _prune(connection, answers)
    return lost


def find(connection: Connection, name: str) -> KeptAnswer | None:
    """The answer under a name, without its predictions."""
    row = connection.execute(select(kept_answers).where(kept_answers.c.name == name)).mappings().one_or_none()
    return KeptAnswer(**row) if row else None


def _claimed(connection: Connection, one: KeptAnswer) -> bool:
    """Whether an answer is the first under its name."""
    values = {"name": one.name, "digest": one.digest, "answer": one.answer, "time": one.time}
    statement = INSERT[connection.dialect.name](kept_answers).values(values).on_conflict_do_nothing()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def _prune(connection: Connection, answers: Sequence[KeptAnswer]) -> None:
    """Delete the oldest of those whose time is over; what another writer deletes already is left to it."""
    over = max(one.time for one in answers) - KEPT_FOR
    oldest = select(kept_answers.c.name).where(kept_answers.c.time < over).order_by(kept_answers.c.time)
    some = oldest.limit(PRUNED * len(answers)).with_for_update(skip_locked=True)
    connection.execute(delete(kept_answers).where(kept_answers.c.name.in_(some)))
