"""Retraining: matured predictions become a labelled snapshot, then development, then deployment."""

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from churn import feedback, params, versioning
from churn.store import Event
from churn.store.tables import now
from monitoring.retrain import BEGUN, ENDED, TRAINED, refusal, turn
from pipelines.common import OUTSIDE, store
from pipelines.deployment import deployment
from pipelines.development import development, pin_data
from pipelines.overview import draw_overview


@flow(name="retraining", log_prints=True)
def retraining(reason: str = "asked for by a person", key: str | None = None, broken: bool = False) -> bool:
    """Learn from what has matured and deploy the result if it is better. Returns whether the champion changed.

    key: what an event asks for; it is answered once, and only if the policy's guards let it. Without one a person asks.
    broken: learn from feeds that monitoring called broken too, for a person who knows that the change is there to stay.
    """
    refused = begin(reason, key)
    if refused:
        print(f"not retrained: {refused}")  # noqa: T201 - Prefect logs what a flow prints
        return False
    try:
        promoted = _retrain(reason, broken)
    except BaseException as error:
        end({"promoted": False, "failed": type(error).__name__})
        raise
    end({"promoted": promoted})
    draw_overview(return_state=True)
    return promoted


def _retrain(reason: str, broken: bool) -> bool:
    gathered = gather_feedback(broken)
    pin_data()
    record_versions(f"Feedback of {len(gathered)} snapshots", ["data.dvc"])
    candidate = development()
    record_versions(f"Retrain: {reason}", ["dvc.lock"])
    note(candidate, reason, gathered)
    promoted = deployment(candidate, broken)
    publish(report(candidate, reason, gathered, promoted))
    return promoted


@task(**OUTSIDE)
def begin(reason: str, key: str | None) -> str | None:
    """Take the turn to retrain; why not, if another has it or the policy's guards hold this one back."""
    log, moment = store(), now()
    history = log.history()
    why = refusal(history, key, params.load().retraining, moment)
    if why:
        return why
    line = Event(BEGUN, "", {"reason": reason, "key": key}, moment)
    return None if log.take_turn(turn(history), line) else "another retraining has just begun"


@task(**OUTSIDE)
def end(detail: dict[str, Any]) -> None:
    """Write down how the retraining ended, so that the next one may begin."""
    store().record(Event(ENDED, "", detail))


@task(**OUTSIDE)
def gather_feedback(broken: bool) -> list[str]:
    """Write the matured predictions of each snapshot into data/; returns the names of the files that changed."""
    knobs, log = params.load(), store()
    share, horizon = knobs.retraining.known_share, knobs.problem.horizon_days
    without = set() if broken else feedback.broken(log)
    written = feedback.write(log, knobs.data, Path("data"), share=share, horizon_days=horizon, without=without)
    return [path.name for path in written]


@task(**OUTSIDE)
def record_versions(message: str, files: list[str]) -> None:
    """Commit what changed, the data before the training that names the commit, so that it can be repeated."""
    if params.load().retraining.commit:
        versioning.record(message, files)


@task(**OUTSIDE)
def note(candidate: str, reason: str, gathered: list[str]) -> None:
    """Append to the history of the model."""
    store().record(Event(TRAINED, candidate, {"reason": reason, "feedback": gathered}))


@task(**OUTSIDE)
def publish(text: str) -> None:
    """Write the report as an artifact."""
    create_markdown_artifact(markdown=text, key="retraining", description="Why it was trained anew, and what came of it")


def report(candidate: str, reason: str, gathered: list[str], promoted: bool) -> str:
    """What a person reads."""
    result = "is champion now" if promoted else "did not replace the champion; the deployment report says why"
    learned = "\n".join(f"- `{name}`" for name in gathered) or "No new outcomes had arrived."
    return f"# Retraining: version {candidate} {result}\n\nReason: {reason}\n\n## New outcomes\n\n{learned}\n"
