"""Score rows with one model."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import uuid4

from churn.store import Prediction
from churn.store.tables import now
from serving.row import Row
from serving.slot import Live


@dataclass(frozen=True)
class Scores:
    """Predictions in the order of the rows, and how many of their cells held a category never seen in training."""

    made: list[Prediction]
    unseen: int


def score(live: Live, rows: Sequence[Row]) -> Scores:
    """Score the rows of one request."""
    return score_together(live, [rows])[0]


def score_together(live: Live, requests: Sequence[Sequence[Row]]) -> list[Scores]:
    """Score the rows of several requests in one call of the model; the answers are in the order of the requests."""
    rows = list(chain.from_iterable(requests))
    scored = live.bundle.score_rows([list(row.features.values()) for row in rows])
    made = _predictions(live, rows, scored.probability, scored.contact)
    found, start = [], 0
    for request in requests:
        end = start + len(request)
        found.append(Scores(made[start:end], sum(scored.unseen[start:end])))
        start = end
    return found


def _predictions(live: Live, rows: Sequence[Row], probabilities: list[float], contacts: list[bool]) -> list[Prediction]:
    time = now()
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
        for row, probability, contact in zip(rows, probabilities, contacts, strict=True)
    ]
