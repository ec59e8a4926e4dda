"""`churn stage`: do the work of one stage in dvc.yaml (called by `dvc repro`)."""

import os

import click


@click.command()
@click.argument("name", type=click.Choice(["prepare", "tune", "train", "refit", "evaluate", "bundle", "track"]))
def stage(name: str) -> None:
    """Do the work of one stage in dvc.yaml (called by `dvc repro`)."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for a busy core make a fit 30 times slower
    from churn.console import progress  # noqa: PLC0415
    from churn.stages import STAGES  # noqa: PLC0415

    for line in STAGES[name](progress) or ():
        click.echo(line)
