"""Everything that the evidence is made of."""

from dataclasses import dataclass
from typing import Any

from churn.bundle.open import Bundle
from churn.params import Evaluate, Problem


@dataclass(frozen=True)
class Facts:
    """name: of the model. gated: what the history holds of the gate's decision, None if nobody has asked it.

    run: of MLflow. history: how many lines the history had and the hash of the last, so that nobody can shorten or
    rewrite it later without contradicting this folder.
    """

    name: str
    version: str
    run: str
    bundle: Bundle
    problem: Problem
    policy: Evaluate
    gated: dict[str, Any] | None
    history: tuple[int, str]
