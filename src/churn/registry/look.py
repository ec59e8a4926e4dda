"""Write a discovery to MLflow: one run for each report."""

import time
from pathlib import Path

from churn.bundle.manifest import sha256
from churn.registry.registry import Registry
from churn.registry.track import _experiment, _key

REPORT = "churn.discovery"


def log_discovery(registry: Registry, data: str, verdict: str, figures: dict[str, float], folder: Path) -> str:
    """Log the figures and the files of a discovery, once for each report.json. Returns the id of the run."""
    from mlflow.entities import Metric  # noqa: PLC0415

    mark = sha256(folder / "report.json")
    with registry.answering() as client:
        experiment = _experiment(client, registry)
        found = client.search_runs([experiment], f"tags.`{REPORT}` = '{mark}' and attributes.status = 'FINISHED'")
        if found:
            return str(found[0].info.run_id)
        tags = {REPORT: mark, "churn.data": data, "churn.verdict": verdict}
        run_id = str(client.create_run(experiment, tags=tags, run_name="discovery").info.run_id)
        stamp = int(time.time() * 1000)
        client.log_batch(run_id, metrics=[Metric(_key(name), value, stamp, 0) for name, value in figures.items()])
        client.log_artifacts(run_id, str(folder), "discovery")
        client.set_terminated(run_id)
        return run_id
