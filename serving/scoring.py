"""Score rows with one model and log the answers before anybody sees them."""

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
    """Logged predictions, in the order of the rows, and how many of their cells held an unseen category."""

    made: list[Prediction]
    unseen: int


def score(parts: Parts, live: Live, rows: list[Row]) -> Scores:
    """Score and log rows. Raises StoreUnavailable: an answer that cannot be recorded is not given."""
    scored = live.bundle.score([row.features for row in rows])
    made = _predictions(live, rows, scored, now())
    parts.store.log(made)
    parts.telemetry.scored(len(made), scored.unseen)
    return Scores(made, scored.unseen)


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
