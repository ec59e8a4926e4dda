"""Write a training to MLflow: one run for each bundle, and one registered version for each run."""

import json
import re
import time
from collections.abc import Sequence
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churn.bundle.manifest import fingerprint
from churn.bundle.open import Bundle
from churn.registry.registry import FINGERPRINT, LOCAL, Registry, Version, _version, flatten

if TYPE_CHECKING:
    from mlflow.models import ModelSignature
    from mlflow.tracking import MlflowClient

CODE = Path(__file__).with_name("served_model.py")
NEEDS = ("numpy", "onnxruntime", "pandas", "pydantic", "ruamel.yaml")


def track(registry: Registry, bundle: Bundle, params: dict[str, Any], plots: Path, tries: Sequence[dict[str, Any]] = ()) -> str:
    """Log parameters, metrics, curves and lineage of a bundle as a run, once. Returns the id of the run.

    tries: of tuning (`churn.model.tune.Try`), each of which becomes a run nested in it.
    """
    with registry.answering() as client:
        experiment = _experiment(client, registry)
        run_id = _run_of(client, experiment, bundle.fingerprint)
        return run_id or _log(client, experiment, bundle, params, plots, tries)


def register(registry: Registry, bundle: Bundle, run_id: str) -> Version:
    """Register a bundle as a version of the model, once, with signature, input example and lineage tags."""
    known = registry.version_of(bundle.folder)
    if known:
        return known
    with registry.answering() as client:
        number = _log_model(registry.name, bundle, run_id)
        for key, value in _tags(bundle).items():
            client.set_model_version_tag(registry.name, number, key, value)
        return _version(client.get_model_version(registry.name, number))


def attach(registry: Registry, run_id: str, folder: Path, name: str) -> None:
    """Log the files of a folder to a run, below `name`; the same files again change nothing."""
    with registry.answering() as client:
        client.log_artifacts(run_id, str(folder), name)


def _experiment(client: "MlflowClient", registry: Registry) -> str:
    found = client.get_experiment_by_name(registry.name)
    if found:
        return str(found.experiment_id)
    local = registry.uri.startswith(LOCAL)
    root = Path(registry.uri.removeprefix(LOCAL)).absolute().parent / "mlartifacts"
    return client.create_experiment(registry.name, artifact_location=root.as_uri() if local else None)


def _run_of(client: "MlflowClient", experiment: str, bundle: str) -> str | None:
    found = client.search_runs([experiment], f"tags.`{FINGERPRINT}` = '{bundle}' and attributes.status = 'FINISHED'")
    return str(found[0].info.run_id) if found else None


def _log(
    client: "MlflowClient",
    experiment: str,
    bundle: Bundle,
    params: dict[str, Any],
    plots: Path,
    tries: Sequence[dict[str, Any]],
) -> str:
    from mlflow.entities import Metric, Param  # noqa: PLC0415

    run_id = str(client.create_run(experiment, tags=_tags(bundle)).info.run_id)
    stamp = int(time.time() * 1000)
    flat = [Param(key, str(value)[:6000]) for key, value in flatten(_without_columns(params)).items()]
    numbers = {key: value for key, value in flatten(bundle.metrics).items() if isinstance(value, (int, float))}
    metrics = [Metric(_key(key), float(value), stamp, 0) for key, value in numbers.items()]
    for start in range(0, len(flat), 100):
        client.log_batch(run_id, params=flat[start : start + 100])
    client.log_batch(run_id, metrics=metrics)
    client.log_artifacts(run_id, str(plots), "plots")
    for one in tries:
        _log_try(client, experiment, run_id, one)
    client.set_terminated(run_id)
    return run_id


def _log_try(client: "MlflowClient", experiment: str, parent: str, one: dict[str, Any]) -> None:
    from mlflow.entities import Metric, Param  # noqa: PLC0415

    tags = {"mlflow.parentRunId": parent, "churn.learner": one["learner"], "churn.try": one["state"]}
    child = client.create_run(experiment, tags=tags, run_name=f"{one['learner']} {one['number']}").info.run_id
    knobs = [Param(key, str(value)) for key, value in one["knobs"].items()]
    client.log_batch(child, params=knobs, metrics=[Metric("log_loss", one["log_loss"], int(time.time() * 1000), 0)])
    client.set_terminated(child)


def _key(name: str) -> str:
    """A metric's name in the letters that MLflow allows; a group of customers may be named by any."""
    return re.sub(r"[^\w\-. :/]", "_", name)[:250]


def _without_columns(params: dict[str, Any]) -> dict[str, Any]:
    """The parameters with each mapping from columns as one value: MLflow allows few letters in a key."""
    data = {key: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
            for key, value in params.get("data", {}).items()}  # fmt: skip
    return params | {"data": data}


def _tags(bundle: Bundle) -> dict[str, str]:
    lineage = bundle.manifest.lineage
    return {
        FINGERPRINT: fingerprint(bundle.folder),
        "churn.data": lineage.data,
        "churn.params": lineage.params,
        "churn.commit": lineage.commit,
    }


def _log_model(name: str, bundle: Bundle, run_id: str) -> str:
    import mlflow  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    with mlflow.start_run(run_id=run_id):
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(CODE),
            artifacts={"bundle": str(bundle.folder)},
            signature=_signature(bundle),
            input_example=pd.DataFrame([bundle.contract.example()]),
            registered_model_name=name,
            pip_requirements=[f"{package}=={installed(package)}" for package in NEEDS],
        )
    return str(info.registered_model_version)


def _signature(bundle: Bundle) -> "ModelSignature":
    """Raw customer rows in: numbers may come as any type a file gives them."""
    from mlflow.models import ModelSignature  # noqa: PLC0415
    from mlflow.types.schema import AnyType, ColSpec, DataType, Schema  # noqa: PLC0415

    anything = AnyType()  # type: ignore[no-untyped-call]
    columns = [ColSpec(anything, column.name, required=not column.nullable) for column in bundle.contract.columns]
    answers = [ColSpec(DataType.double, "probability"), ColSpec(DataType.boolean, "contact")]
    return ModelSignature(inputs=Schema([*columns]), outputs=Schema([*answers]))
