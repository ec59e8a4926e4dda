"""Score rows with one model, and record the answers before anybody sees them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from churn.bundle.open import Scored
from churn.store import Prediction
from churn.store.tables import now
from serving.forms import Row
from serving.parts import Parts
from serving.slot import Live


@dataclass(frozen=True)
class Scores:
    """Predictions in the order of the rows, and how many of their cells held a category never seen in training."""

    made: list[Prediction]
    unseen: int


def score(live: Live, rows: list[Row]) -> Scores:
    """Score rows with one model."""
    scored = live.bundle.score([row.features for row in rows])
    return Scores(_predictions(live, rows, scored, now()), scored.unseen)


async def record(parts: Parts, scores: Scores) -> None:
    """Log and count predictions. Raises StoreUnavailable: an answer that cannot be recorded is not given."""
    await parts.journal.log(scores.made)
    parts.telemetry.scored(len(scores.made), scores.unseen)


def _predictions(live: Live, rows: list[Row], scored: Scored, time: datetime) -> list[Prediction]:
    month = time.strftime("%Y-%m")
    data_hash = live.bundle.manifest.lineage.data
    return [
        Prediction(
            id=str(uuid4()),
            time=time,
            snapshot=row.snapshot or month,
            customer=row.customer,
            features=row.features,
            probability=probability,
            contact=contact,
            model_version=live.version,
            data_hash=data_hash,
        )
        for row, probability, contact in zip(rows, scored.probability.tolist(), scored.contact.tolist(), strict=True)
    ]
