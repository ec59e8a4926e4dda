"""`churn rollback`: back to an earlier champion."""

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
