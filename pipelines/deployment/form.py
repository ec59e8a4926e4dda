"""The form in Prefect by which a person approves: the run that waits is suspended, and its process ends meanwhile."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from prefect import task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.context import FlowRunContext
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from pydantic import Field

from churn.store.tables import now
from pipelines.common import OUTSIDE, store
from pipelines.deployment.approval import APPROVED, ASKED, DECLINED
from pipelines.deployment.trial import Trial

DEPLOYMENT = "deployment/churn"


class Approval(RunInput):
    """Whether the candidate may become champion."""

    approve: bool = Field(description="whether the candidate may become champion")
    reason: str = Field(min_length=1, description="why; it is kept in the history")
    name: str = Field(min_length=1, description="who says so")


def ask(trial: Trial) -> Approval | None:
    """Suspend this run until the form is filled in; the run then begins anew and gets the form here.

    A run that cannot be suspended, one of another flow or of a terminal, leaves the asking to a run of its own where
    Prefect knows the deployment, and so does one that was not told its version: begun anew it might find another one.
    Then, as where Prefect does not know it, there is no form here: None.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None:
        return None
    if run.deployment_id is None or run.parent_task_run_id is not None or run.parameters.get("version") is None:
        _hand_over(trial)
        return None
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, name=name_of(trial.candidate, trial.number))
    seconds = max(1, int((_until(trial) - now()).total_seconds()))
    return suspend_flow_run(wait_for_input=Approval, timeout=seconds, key=f"approval-{trial.number}")


@task(**OUTSIDE)
def _until(trial: Trial) -> datetime:
    """When nobody's answer becomes a no."""
    asked = trial.noted(store(), ASKED)
    return datetime.fromisoformat(asked.detail["until"]) if asked else now()


@task(**OUTSIDE)
def heed(trial: Trial, said: Approval) -> None:
    """Write down what the form says, unless `churn approve` was faster."""
    kind = APPROVED if said.approve else DECLINED
    line = trial.line(kind, reason=said.reason)
    trial.note_answer(store(), replace(line, who=said.name))


def _hand_over(trial: Trial) -> None:
    try:
        run_deployment(
            DEPLOYMENT,
            parameters={"version": trial.candidate, "broken": trial.broken},
            timeout=0,
            as_subflow=False,
            idempotency_key=name_of(trial.candidate, trial.number),
        )
    except ObjectNotFound:
        print("Prefect does not know the deployment, so that it shows no form")  # noqa: T201 - Prefect logs what a flow prints


def name_of(version: str, number: int) -> str:
    """The name of the run that waits."""
    return f"version {version}, attempt {number}"


def resume(version: str, number: int, said: Approval) -> UUID | None:
    """Let the run that waits go on, if there is one; its id."""
    asked = FlowRunFilter(name={"any_": [name_of(version, number)]}, state={"type": {"any_": ["PAUSED"]}})
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=asked, limit=1)
        if not runs:
            return None
        client.resume_flow_run(runs[0].id, run_input=said.model_dump())
        return runs[0].id
