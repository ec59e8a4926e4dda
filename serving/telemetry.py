"""Counters of one app, in a registry of its own. Labels come from fixed sets, never from what a caller sent."""

import os
from collections import Counter as Counts
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from churn.store import ChallengerScore, Event, KeptAnswer, Outcome, Prediction
from serving.ledger import Ledger
from serving.living import Living, Present
from serving.notes import Note
from serving.slot import ModelSlot

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ROWS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
TENTHS = tuple(tenth / 10 for tenth in range(1, 11))
FEW = 20


class ManyHistogram(Histogram):
    """A histogram that takes many values in one step: thousands of `observe` would cost more than scoring them."""

    def observe_all(self, values: Sequence[float]) -> None:
        """The same as to `observe` each value."""
        if len(values) < FEW:
            for value in values:
                self.observe(value)
            return
        found = np.asarray(values)
        places = np.searchsorted(np.asarray(self._upper_bounds), found)
        for place, count in enumerate(np.bincount(places).tolist()):
            if count:
                self._buckets[place].inc(count)
        self._sum.inc(float(found.sum()))


class Telemetry:
    """What is counted while serving; `registry` holds it all."""

    def __init__(self, slot: ModelSlot) -> None:
        kept = self.registry = CollectorRegistry()
        self.requests = Counter("churn_requests", "Requests answered", ["route", "status"], registry=kept)
        self.seconds = ManyHistogram("churn_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=kept)
        self.shed = Counter("churn_shed_requests", "Requests refused because the server was full", registry=kept)
        self.rows = Counter("churn_rows_scored", "Customer rows scored and logged", registry=kept)
        self.batch = ManyHistogram("churn_batch_rows", "Customer rows of one request", buckets=ROWS, registry=kept)
        self.scores = ManyHistogram("churn_score", "Probabilities as logged", buckets=TENTHS, registry=kept)
        self.unseen = Counter("churn_unseen_categories", "Cells with a category never seen in training", registry=kept)
        self.commit = Histogram("churn_log_commit_seconds", "Time to write predictions", buckets=BUCKETS, registry=kept)
        self.unlogged = Counter("churn_log_failures", "Attempts to write predictions that failed", registry=kept)
        self.unrecorded = Counter("churn_unrecorded_answers", "Customer rows answered without a record", registry=kept)
        self.outcomes = Counter("churn_outcomes_recorded", "Outcomes recorded for the first time", registry=kept)
        self.canary = Counter("churn_canary_answers", "Answers of the challenger to its canary share", registry=kept)
        self.fallen_back = Counter("churn_canary_failures", "Calls of it that the champion answered", registry=kept)
        self.living = Living(slot, kept)
        self._scored: list[int] = []

    def scored(self, rows: int, unseen: int) -> None:
        """Note a request whose predictions are in the store; `settle` counts it."""
        self._scored.append(rows)
        if unseen:
            self.unseen.inc(unseen)

    def tried(self, failed: bool) -> None:
        """Count a call of the challenger."""
        (self.fallen_back if failed else self.canary).inc()

    def settle(self, notes: Sequence[Note]) -> None:
        """Count answers, and the requests that were scored since the last time."""
        scored, self._scored = self._scored, []
        self.rows.inc(sum(scored))
        self.batch.observe_all(scored)
        for (route, status), count in Counts((note.route, note.status) for note in notes).items():
            self.requests.labels(route, status).inc(count)
        for route in {note.route for note in notes}:
            self.seconds.labels(route).observe_all([note.seconds for note in notes if note.route == route])

    def exposed(self) -> bytes:
        """Everything in the text format of Prometheus; with several worker processes the sum over all of them.

        The library shares counters between processes through files if PROMETHEUS_MULTIPROC_DIR is set when it is imported.
        """
        self.living.tell()
        kept = self.registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            kept = CollectorRegistry()
            MultiProcessCollector(kept)  # type: ignore[no-untyped-call]
        return generate_latest(Present(kept))


class Counted:
    """A ledger that times what it writes and keeps a histogram of the scores."""

    def __init__(self, store: Ledger, telemetry: Telemetry) -> None:
        self._store = store
        self._telemetry = telemetry

    def log(self, made: Sequence[Prediction]) -> None:
        """Write predictions, as the store does, and count them."""
        with self._timed():
            self._store.log(made)
        self._telemetry.scores.observe_all([prediction.probability for prediction in made])

    def keep(self, answers: Sequence[KeptAnswer]) -> set[str]:
        """Write answers with their predictions, as the store does, and count the predictions."""
        with self._timed():
            lost = self._store.keep(answers)
        made = [prediction for one in answers if one.name not in lost for prediction in one.made]
        self._telemetry.scores.observe_all([prediction.probability for prediction in made])
        return lost

    def kept(self, name: str) -> KeptAnswer | None:
        """The answer under a name, as the store has it."""
        return self._store.kept(name)

    def log_challenger(self, scores: Sequence[ChallengerScore]) -> None:
        """Write a challenger's scores, as the store does."""
        self._store.log_challenger(scores)

    def record(self, line: Event) -> None:
        """Append to the history, as the store does."""
        self._store.record(line)

    def add_outcomes(self, reported: Sequence[Outcome]) -> int:
        """Write outcomes, as the store does."""
        return self._store.add_outcomes(reported)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        except Exception:
            self._telemetry.unlogged.inc()
            raise
        self._telemetry.commit.observe(perf_counter() - start)
