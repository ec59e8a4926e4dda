"""`churn rollback`: back to an earlier champion."""

import os

import click


@click.command()
@click.argument("version", required=False)
@click.option("--reason", default="rolled back by hand", show_default=True, help="Why, for the history.")
def rollback(version: str | None, reason: str) -> None:
    """Make VERSION, or else the champion before this one, the champion again."""
    from pipelines.rollback import roll_back  # noqa: PLC0415

    done = roll_back(version, reason)
    told = "the server answers with it" if done.answers else "no server of this model is running"
    click.echo(f"version {done.version} is champion instead of {done.before or 'none'}; {told} after {done.seconds:.1f} s")
    try:
        _draw()
        click.echo("the page for managers shows it")
    except Exception as problem:  # whatever it is, the rollback stands
        click.echo(f"the page for managers still shows the other version: {problem}", err=True)


def _draw() -> None:
    """The page for managers shows who is live. When monitoring looks again is told where a Prefect server runs."""
    from churn import settings  # noqa: PLC0415
    from pipelines.stack import orchestrated  # noqa: PLC0415

    os.environ.update(orchestrated(settings.load()))
    from pipelines.overview import draw  # noqa: PLC0415
    from pipelines.runs import next_run  # noqa: PLC0415

    draw(next_run("monitoring") if "PREFECT_API_URL" in os.environ else None)
