"""params.yaml, typed: frozen and strict, so a misspelt key stops the program and is named."""

import hashlib
import json
from pathlib import Path

from pydantic import Field, ValidationError
from ruamel.yaml.error import YAMLError

from churn.errors import ParamsError, WorkspaceError
from churn.params.campaign import Campaign
from churn.params.data import Data, Kind, Reading
from churn.params.events import Events
from churn.params.features import Bins, Features
from churn.params.judging import Discovery, Evaluate, Pack
from churn.params.learners import Boosting, ExtraTrees, FewColumns, Learner, Logistic, Rule
from churn.params.problem import Problem
from churn.params.reading import describe, read_yaml
from churn.params.release import Deployment, Gate
from churn.params.rollout import Budget, Canary, ErrorRule, Rollout, Shadow
from churn.params.section import Section
from churn.params.split import Split
from churn.params.train import Train, Tune
from churn.params.watching import Monitoring, Retraining

__all__ = [
    "Bins",
    "Boosting",
    "Budget",
    "Campaign",
    "Canary",
    "Data",
    "Deployment",
    "Discovery",
    "ErrorRule",
    "Evaluate",
    "Events",
    "ExtraTrees",
    "Features",
    "FewColumns",
    "Gate",
    "Kind",
    "Learner",
    "Logistic",
    "Monitoring",
    "Pack",
    "Params",
    "Problem",
    "Reading",
    "Retraining",
    "Rollout",
    "Rule",
    "Section",
    "Shadow",
    "Split",
    "Train",
    "Tune",
    "describe",
    "load",
    "read_yaml",
]


class Params(Section):
    """The whole file."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$", description="name of the registered model")
    problem: Problem
    events: Events | None = Field(None, description="tables of events that `churn snapshots` makes data/ of")
    data: Data
    features: Features
    split: Split
    discovery: Discovery
    train: Train
    evaluate: Evaluate
    bundle: Pack
    gate: Gate
    deployment: Deployment
    rollout: Rollout
    monitoring: Monitoring
    retraining: Retraining
    campaign: Campaign

    @property
    def outcome_days(self) -> int:
        """Days after a snapshot until its outcomes are known."""
        horizon = self.problem.horizon_days
        return self.events.known_after(horizon) if self.events else horizon

    @property
    def digest(self) -> str:
        """sha256 over every knob that a bundle depends on, independent of the order of keys in the file.

        Of `events` it depends through data/ alone, whose hash stands beside this one.
        """
        without = {"campaign", "events", "discovery", "gate", "deployment", "rollout", "monitoring", "retraining"}
        text = json.dumps(self.model_dump(mode="json", exclude=without), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def load(path: Path = Path("params.yaml")) -> Params:
    """Read and check params.yaml. Raises WorkspaceError when absent, ParamsError naming each wrong key."""
    if not path.is_file():
        raise WorkspaceError(f"{path.absolute()} does not exist: run `churn init` here, or `churn -C FOLDER ...`")
    try:
        return Params.model_validate(read_yaml(path))
    except YAMLError as error:
        raise ParamsError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise ParamsError(f"{path}: {describe(error)}") from error
