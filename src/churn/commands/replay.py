"""`churn replay`: live through the dated table in data/ as monitoring would have, and print what that would have earned."""

import os
from pathlib import Path

import click


@click.command()
@click.option("--by", required=True, help="Column that names the period of a row.")
@click.option("--learn", default=6, show_default=True, type=click.IntRange(1), help="Periods to learn from.")
@click.option("--days", default=30.0, show_default=True, type=click.FloatRange(0.01), help="How long a period lasts.")
def replay(by: str, learn: int, days: float) -> None:
    """Live through the dated table in data/ as monitoring would have, and print what that would have earned."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from churn import params  # noqa: PLC0415
    from monitoring.replay.account import HEAD, lines, row  # noqa: PLC0415
    from monitoring.replay.history import diary  # noqa: PLC0415
    from monitoring.replay.history import replay as live_through  # noqa: PLC0415

    lives, found = live_through(Path("data"), by, params.load(), learn, days)
    click.echo("\n".join([*lines(diary(lives)), "", *lines([HEAD, row(found)])]))
