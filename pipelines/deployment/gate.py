"""The gate: candidate and champion on the same rows, and the decision."""

from dataclasses import asdict
from typing import Any

from prefect import task

from churn import gate, params, settings
from churn.bundle.open import open_bundle
from churn.feedback import broken
from churn.store import Event
from churn.store.tables import now
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.comparison import candidate_of, contestant
from pipelines.deployment.trial import Outcome, Trial

GATED, OVERRIDDEN = "gated", "overridden"  # kinds of line in the history


@task(**OUTSIDE)
def weigh(trial: Trial) -> Outcome:
    """Let the gate decide, once for an attempt; a person who overrules it is written down with the reason."""
    log = store()
    if trial.noted(log, GATED) is None:
        trial.note(log, GATED, **asdict(compare(trial)))
    told = _told(trial.noted(log, GATED))
    if told["promote"] is not True and trial.override:
        failed = [one["name"] for one in told["criteria"] if not one["holds"]]
        trial.note(log, OVERRIDDEN, reason=trial.override, criteria=failed)
    overruled = trial.noted(log, OVERRIDDEN)  # also by who began an attempt that was cut short
    if overruled:
        return Outcome(True, f"the gate was overruled: {overruled.detail['reason']}")
    return Outcome(told["promote"] is True, str(told["reason"]))


def _told(line: Event | None) -> dict[str, Any]:
    """What a decision says; one that is not there lets nobody pass."""
    return line.detail if line else {"promote": False, "reason": "no decision was written", "criteria": []}


def compare(trial: Trial) -> gate.Decision:
    """Score the candidate's reference rows with both bundles and let the gate decide."""
    bundle = open_bundle(registry().download(trial.candidate, settings.load().bundles))
    champion = open_bundle(registry().download(trial.before, settings.load().bundles)) if trial.before else None
    out_of_order = () if trial.broken else broken(store())
    asked = candidate_of(bundle, champion, out_of_order, now())
    return gate.decide(asked, contestant(champion, bundle.reference()) if champion else None, params.load().gate)
