"""Write a discovery to MLflow: one run for each report."""

import time
from dataclasses import dataclass
from pathlib import Path

from churn.bundle.manifest import sha256
from churn.registry.registry import Registry
from churn.registry.track import _experiment, _key

REPORT = "churn.discovery"


@dataclass(frozen=True)
class Logged:
    """What a run holds of a discovery: the hash of the data, the verdict, what was asked, and the figures."""

    data: str
    verdict: str
    asked: dict[str, object]
    figures: dict[str, float]


def log_discovery(registry: Registry, found: Logged, folder: Path) -> str:
    """Log a discovery and its files in `folder`, once for each report.json. Returns the id of the run."""
    from mlflow.entities import Metric, Param  # noqa: PLC0415

    mark = sha256(folder / "report.json")
    with registry.answering() as client:
        experiment = _experiment(client, registry)
        known = client.search_runs([experiment], f"tags.`{REPORT}` = '{mark}' and attributes.status = 'FINISHED'")
        if known:
            return str(known[0].info.run_id)
        tags = {REPORT: mark, "churn.data": found.data, "churn.verdict": found.verdict}
        run_id = str(client.create_run(experiment, tags=tags, run_name="discovery").info.run_id)
        stamp = int(time.time() * 1000)
        asked = [Param(name, str(value)[:6000]) for name, value in found.asked.items()]
        metrics = [Metric(_key(name), value, stamp, 0) for name, value in found.figures.items()]
        client.log_batch(run_id, metrics=metrics, params=asked)
        client.log_artifacts(run_id, str(folder), "discovery")
        client.set_terminated(run_id)
        return run_id
