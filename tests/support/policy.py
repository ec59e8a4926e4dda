"""The policy of the template, with what a test changes."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from churn.params import Gate, Monitoring, Params, Retraining, load


def params() -> Params:
    """params.yaml of a new workspace."""
    return load(Path(str(files("churn") / "templates" / "params.yaml")))


def monitoring(**changed: Any) -> Monitoring:
    """Its monitoring policy."""
    return Monitoring.model_validate(params().monitoring.model_dump() | changed)


def retraining(**changed: Any) -> Retraining:
    """Its retraining policy."""
    return Retraining.model_validate(params().retraining.model_dump() | changed)


def gate(**changed: Any) -> Gate:
    """Its gate."""
    return Gate.model_validate(params().gate.model_dump() | changed)
