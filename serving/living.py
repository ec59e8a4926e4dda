"""Metrics of the model slot: which model is live, and how many champions could not be loaded."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Metric
from prometheus_client.registry import Collector

from serving.slot import ModelSlot

INFO = "churn_model_info"


class Living:
    """Tells what the slot of this process holds. With several worker processes a model is live while one of them has it."""

    def __init__(self, slot: ModelSlot, registry: CollectorRegistry) -> None:
        self._slot = slot
        self._model = Gauge(INFO, "The live model", ["version", "fingerprint"], registry=registry, multiprocess_mode="livemax")
        self._failed = Counter("churn_model_load_failures", "Champions that could not be loaded", registry=registry)
        self._told: tuple[str, str] | None = None
        self._failures = 0

    def tell(self) -> None:
        """Take over what has changed in the slot. The library cannot take labels back, so a model that has left becomes 0."""
        live, failures = self._slot.live, self._slot.failures
        named = (live.version, live.bundle.fingerprint) if live else None
        if named != self._told:
            if self._told:
                self._model.labels(*self._told).set(0)
            if named:
                self._model.labels(*named).set(1)
            self._told = named
        self._failed.inc(failures - self._failures)
        self._failures = failures


class Present(Collector):
    """What a registry holds, without the models that are live no more."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Every metric."""
        for metric in self._registry.collect():
            if metric.name == INFO:
                metric.samples = [sample for sample in metric.samples if sample.value]
            yield metric
