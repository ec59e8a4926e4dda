"""The gate: candidate and champion on the same rows, and the decision."""

from dataclasses import asdict

from prefect import task

from churn import gate, params, settings
from churn.bundle.open import open_bundle
from churn.evaluate import calibration_noise, figures, paired
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.trial import Outcome, Trial

GATED = "gated"


@task(**OUTSIDE)
def weigh(trial: Trial) -> Outcome:
    """Let the gate decide, once for an attempt."""
    log = store()
    known = trial.noted(log, GATED)
    if known is None:
        trial.note(log, GATED, **asdict(compare(trial)))
        known = trial.noted(log, GATED)
    told = known.detail if known else {}
    return Outcome(bool(told.get("promote")), str(told.get("reason", "no decision was written")), detail=told)


def compare(trial: Trial) -> gate.Decision:
    """Score the candidate's reference rows with both bundles and let the gate decide."""
    knobs, folder = params.load(), settings.load().bundles
    bundle = open_bundle(registry().download(trial.candidate, folder))
    rows = bundle.reference()
    difference = None
    if trial.before:
        other = open_bundle(registry().download(trial.before, folder)).score(list(rows.rows))
        difference = paired(rows.label, rows.probability, other.probability, bundle.decision, knobs.evaluate, knobs.train.seed)
    alone = figures(rows.label, rows.probability, bundle.decision)
    noise = calibration_noise(rows.probability, knobs.evaluate.bootstrap, knobs.train.seed)
    return gate.decide(gate.Evidence(len(rows.label), alone, noise, difference), knobs.gate)
