"""`churn up`: start Prefect with its worker and deployments, MLflow, Evidently and the API, until Ctrl-C."""

import click

from churn.commands.surround import surround


@click.command()
def up() -> None:
    """Start Prefect with its worker and deployments, MLflow, Evidently and the API, until Ctrl-C."""
    chosen = surround()
    from pipelines.up import run  # noqa: PLC0415

    run(chosen)
