"""`churn stage`: do the work of one stage in dvc.yaml (called by `dvc repro`)."""

import os

import click

from churn.stages import STAGES, run


@click.command()
@click.argument("name", type=click.Choice(STAGES))
def stage(name: str) -> None:
    """Do the work of one stage in dvc.yaml (called by `dvc repro`)."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for a busy core make a fit 30 times slower
    from churn.console import progress  # noqa: PLC0415

    for line in run(name, progress):
        click.echo(line)
