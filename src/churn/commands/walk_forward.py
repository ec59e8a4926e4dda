"""`churn walk-forward`: judge each snapshot by a model of what was known on its date."""

import os
from pathlib import Path

import click


@click.command("walk-forward")
def walk_forward() -> None:
    """Judge each snapshot in data/ by a model of what was known on its date, with a gap as long as the horizon."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from churn import params  # noqa: PLC0415
    from churn.console import progress  # noqa: PLC0415
    from churn.data.sample import draw  # noqa: PLC0415
    from churn.evaluate.walk import walk  # noqa: PLC0415
    from churn.evaluate.walked import table  # noqa: PLC0415
    from monitoring.replay.account import lines  # noqa: PLC0415

    chosen = params.load()
    rows = draw(Path("data"), chosen.data, chosen.split.customers).rows
    click.echo("\n".join(lines(list(table(rows, walk(rows, chosen, progress), chosen)))))
