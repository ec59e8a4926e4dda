"""Retraining: matured predictions become a labelled snapshot, then development, then deployment."""

from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from churn import feedback, params, versioning
from churn.store import Event
from pipelines.common import OUTSIDE, store
from pipelines.deployment import deployment
from pipelines.development import development, pin_data


@flow(name="retraining", log_prints=True)
def retraining(reason: str = "asked for by a person") -> bool:
    """Learn from what has matured and deploy the result if it is better. Returns whether the champion changed."""
    gathered = gather_feedback()
    pin_data()
    record_versions(f"Feedback of {len(gathered)} snapshots", ["data.dvc"])
    candidate = development()
    record_versions(f"Retrain: {reason}", ["dvc.lock"])
    note(candidate, reason, gathered)
    promoted = deployment(candidate)
    publish(report(candidate, reason, gathered, promoted))
    return promoted


@task(**OUTSIDE)
def gather_feedback() -> list[str]:
    """Write the matured predictions of each snapshot into data/; returns the names of the files that changed."""
    knobs = params.load()
    share, horizon = knobs.retraining.known_share, knobs.problem.horizon_days
    written = feedback.write(store(), knobs.data, Path("data"), share=share, horizon_days=horizon)
    return [path.name for path in written]


@task(**OUTSIDE)
def record_versions(message: str, files: list[str]) -> None:
    """Commit what changed, the data before the training that names the commit, so that it can be repeated."""
    if params.load().retraining.commit:
        versioning.record(message, files)


@task(**OUTSIDE)
def note(candidate: str, reason: str, gathered: list[str]) -> None:
    """Append to the history of the model."""
    store().record(Event("retrained", candidate, {"reason": reason, "feedback": gathered}))


@task(**OUTSIDE)
def publish(text: str) -> None:
    """Write the report as an artifact."""
    create_markdown_artifact(markdown=text, key="retraining", description="Why it was trained anew, and what came of it")


def report(candidate: str, reason: str, gathered: list[str], promoted: bool) -> str:
    """What a person reads."""
    result = "is champion now" if promoted else "did not replace the champion; the deployment report says why"
    learned = "\n".join(f"- `{name}`" for name in gathered) or "No new outcomes had arrived."
    return f"# Retraining: version {candidate} {result}\n\nReason: {reason}\n\n## New outcomes\n\n{learned}\n"
