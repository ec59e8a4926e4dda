"""Score rows with one model."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from churn.store import Prediction
from churn.store.tables import now
from serving.row import Row
from serving.slot import Live

VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}  # the two bits that every UUID of RFC 9562 has


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
    return [
        Prediction(
            id=identity,
            time=time,
            snapshot=row.snapshot or month,
            customer=row.customer,
            features=row.features,
            probability=probability,
            contact=contact,
            model_version=live.version,
            data_hash=live.bundle.data_hash,
        )
        for identity, row, probability, contact in zip(_identities(len(rows), time), rows, probabilities, contacts, strict=True)
    ]


def _identities(count: int, time: datetime) -> Iterator[str]:
    """UUIDs of version 7: they begin with the time, so that the store adds them at the end of its index.

    The system is asked once for all random digits: each call lets other threads in and waits for them.
    """
    stamp = f"{int(time.timestamp() * 1000):012x}"
    head = f"{stamp[:8]}-{stamp[8:]}-7"
    digits = os.urandom(10 * count).hex()
    for start in range(0, len(digits), 20):
        h = digits[start : start + 20]
        yield f"{head}{h[:3]}-{VARIANT[h[3]]}{h[4:7]}-{h[8:]}"
