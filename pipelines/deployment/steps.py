"""The steps of a deployment in their order."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from churn.params import Deployment
from pipelines.deployment.approval import approve
from pipelines.deployment.budget import watch
from pipelines.deployment.canary import canary
from pipelines.deployment.evidence import gather
from pipelines.deployment.gate import weigh
from pipelines.deployment.promotion import promote
from pipelines.deployment.shadow import shadow
from pipelines.deployment.trial import Outcome, Trial
from pipelines.deployment.verification import verify


class Step(NamedTuple):
    """A step and whether the policy wants it.

    Every step may be killed at any point and repeated: it reads in the history what it has already found.
    """

    name: str
    run: Callable[[Trial], Outcome]
    wanted: Callable[[Deployment], bool]


STEPS = (
    Step("gate", weigh, lambda policy: policy.gate),
    Step("evidence", gather, lambda policy: policy.evidence),
    Step("approval", approve, lambda policy: policy.approval == "human"),
    Step("shadow", shadow, lambda policy: policy.shadow),
    Step("canary", canary, lambda policy: policy.canary),
    Step("promotion", promote, lambda _: True),
    Step("verification", verify, lambda policy: policy.verification),
    Step("budget", watch, lambda policy: policy.budget),
)


def walk(
    trial: Trial,
    policy: Deployment,
    steps: Sequence[Step] = STEPS,
    call: Callable[[Callable[[Trial], Outcome], Trial], Outcome] = lambda run, trial: run(trial),
) -> Outcome:
    """Take the steps that the policy wants, in order, up to the first that does not pass."""
    outcome = Outcome(True, "nothing was asked")
    for step in steps:
        if step.wanted(policy):
            outcome = call(step.run, trial)
            if not outcome.passed:
                return outcome
    return outcome
