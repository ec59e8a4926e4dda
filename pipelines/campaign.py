"""Campaign: a scored base to the contact list of a budget."""

from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from churn import params
from churn.campaign import run
from pipelines.common import OUTSIDE


@flow(name="campaign", log_prints=True)
def campaign(scored: str, budget: float, folder: str = "campaign") -> str:
    """Write list and report about the base in `scored` into `folder`. Returns the campaign in one line."""
    line = make_list(scored, budget, folder)
    create_markdown_artifact(markdown=line, key="campaign", description="Whom to contact")
    return line


@task(**OUTSIDE)
def make_list(scored: str, budget: float, folder: str) -> str:
    """Choose, and write the files."""
    return run.campaign(scored, budget, Path(folder), params.load())
