"""Counters of one app, in a registry of its own. Labels come from fixed sets, never from what a caller sent."""

from collections.abc import Iterator
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.core import CounterMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.slot import ModelSlot

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNMATCHED = "unmatched"


class Telemetry:
    """What is counted while serving; `registry` holds it all."""

    def __init__(self, slot: ModelSlot) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("churn_requests", "Requests answered", ["route", "status"], registry=self.registry)
        self.seconds = Histogram("churn_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=self.registry)
        self.rows = Counter("churn_rows_scored", "Customer rows scored and logged", registry=self.registry)
        self.unseen = Counter("churn_unseen_categories", "Cells with a category never seen in training", registry=self.registry)
        self.outcomes = Counter("churn_outcomes_recorded", "Outcomes recorded for the first time", registry=self.registry)
        self.registry.register(SlotCollector(slot))

    def scored(self, rows: int, unseen: int) -> None:
        """Count rows whose predictions are in the store."""
        self.rows.inc(rows)
        self.unseen.inc(unseen)


class SlotCollector(Collector):
    """Reads the slot at each scrape, so the metrics cannot name another model than the live one."""

    def __init__(self, slot: ModelSlot) -> None:
        self.slot = slot

    def collect(self) -> Iterator[Metric]:
        """The live model, absent while there is none, and how many loads have failed."""
        model = InfoMetricFamily("churn_model", "The live model")
        live = self.slot.live
        if live is not None:
            model.add_metric([], {"version": live.version, "fingerprint": live.bundle.fingerprint})
        failures = CounterMetricFamily("churn_model_load_failures", "Champions that could not be loaded")
        failures.add_metric([], self.slot.failures)
        yield model
        yield failures


class Measure:
    """ASGI middleware: counts and times each request under the template of its route."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self.telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, then count it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500  # what the caller gets if nothing below answers
        start = perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", UNMATCHED)
            self.telemetry.requests.labels(route, status).inc()
            self.telemetry.seconds.labels(route).observe(perf_counter() - start)
