"""The evidence: one folder for each candidate, logged to MLflow and readable on its own."""

from pathlib import Path

from prefect import task

from churn import evidence, params, settings
from churn.bundle.manifest import fingerprint
from churn.bundle.open import open_bundle
from churn.errors import NoModel
from churn.registry import Version
from churn.registry.track import attach
from churn.stages.places import BUNDLE, EVALUATION
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.gate import GATED
from pipelines.deployment.trial import Outcome, Trial


@task(**OUTSIDE)
def gather(trial: Trial) -> Outcome:
    """Write the folder of evidence and log it; to do it again gives the same."""
    folder = collect(trial.candidate)
    return Outcome(True, f"the evidence is in {folder}")


def collect(version: str) -> Path:
    """Write the evidence for a version below state/evidence and log it to its run in MLflow. Returns the folder."""
    models, chosen, knobs, log = registry(), settings.load(), params.load(), store()
    found = next((item for item in models.versions() if item.version == version), None)
    if found is None:
        raise NoModel(f"the registry has no version {version}; see `churn history`")
    gated = [line for line in log.history() if line.kind == GATED and line.version == version]
    facts = evidence.Facts(
        name=knobs.name,
        version=version,
        run=found.run_id,
        bundle=open_bundle(models.download(version, chosen.bundles)),
        problem=knobs.problem,
        policy=knobs.evaluate,
        gated=gated[-1].detail if gated else None,
        history=log.history_head(),
    )
    folder = evidence.write(chosen.state / "evidence" / f"version-{version}", facts, _report(found))
    attach(models, found.run_id, folder, "evidence")
    return folder


def _report(version: Version) -> Path | None:
    """The report of the evaluation, where this workspace has just made the version."""
    made = BUNDLE.is_dir() and fingerprint(BUNDLE) == version.fingerprint
    return EVALUATION if made and EVALUATION.is_dir() else None
