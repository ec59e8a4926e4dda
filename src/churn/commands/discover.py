"""`churn discover`: judge whether the table in data/ is worth a model, and write the report."""

import os

import click


@click.command()
@click.option("--anyway", is_flag=True, help="Let development go on after the verdict no-go.")
def discover(anyway: bool) -> None:
    """Judge whether the table in data/ is worth a model, and write the report."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from churn.console import progress  # noqa: PLC0415
    from churn.explore import REPORT, explore  # noqa: PLC0415

    found = explore(progress, anyway)
    click.echo(f"{found.verdict.word}: {found.verdict.reason}\n{found.next_step}\nThe report: {REPORT.absolute().as_uri()}")
