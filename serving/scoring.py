"""Score rows with one model."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from time import perf_counter

from churn.bundle.open import ScoredRows
from churn.rollout.share import CONTROL, place
from churn.store import Prediction
from churn.store.tables import now
from serving.row import Row
from serving.slot import Live

VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}  # the two bits that every UUID of RFC 9562 has


@dataclass(frozen=True)
class Scores:
    """Predictions in the order of the rows, and how many of their cells held a category never seen in training.

    recorded: whether the predictions that are answered are in the store.
    """

    made: list[Prediction]
    unseen: int
    recorded: bool = True


def score(live: Live, rows: Sequence[Row], arrived: float) -> Scores:
    """Score the rows of one request, which arrived at this reading of `perf_counter`."""
    return score_together(live, [rows], [arrived])[0]


def score_together(live: Live, requests: Sequence[Sequence[Row]], arrived: Sequence[float]) -> list[Scores]:
    """Score the rows of several requests in one call of the model; the answers are in the order of the requests."""
    rows = list(chain.from_iterable(requests))
    scored = live.bundle.score_rows([row.values for row in rows])
    done = perf_counter()
    latencies = [done - began for request, began in zip(requests, arrived, strict=True) for _ in request]
    made = list(_predictions(live, rows, scored, latencies))
    control = live.bundle.control
    if control:
        made = [_spared(one, row, control) for one, row in zip(made, rows, strict=True)]
    found, start = [], 0
    for request in requests:
        end = start + len(request)
        found.append(Scores(made[start:end], sum(scored.unseen[start:end])))
        start = end
    return found


def _predictions(live: Live, rows: Sequence[Row], scored: ScoredRows, latencies: list[float]) -> Iterator[Prediction]:
    """Values by position, for names would take longer than the score."""
    time = now()
    month = time.strftime("%Y-%m")
    version, data = live.version, live.bundle.data_hash
    together = zip(_identities(len(rows), time), rows, scored.probability, scored.contact, latencies, strict=True)
    for identity, (customer, snapshot, _, kept), probability, contact, latency in together:
        yield Prediction(identity, time, snapshot or month, customer, kept, probability, contact, version, data, latency)


def _spared(made: Prediction, row: Row, control: float) -> Prediction:
    """A prediction without a recommendation if its customer belongs to the control group."""
    if place(row.identity, CONTROL) >= control:
        return made
    return made._replace(contact=False, withheld=made.contact)


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
