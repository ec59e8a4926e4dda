"""`churn snapshots`: make data/ of tables of events."""

from datetime import datetime

import click


@click.command()
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Make the snapshot of this date.")
def snapshots(at: datetime | None) -> None:
    """Make data/ of the tables of events that params.yaml declares: a snapshot of the customers for each date."""
    from churn.console import progress  # noqa: PLC0415
    from churn.workspace import snapshots as room  # noqa: PLC0415

    for line in room.snapshots(at.date() if at else None, progress):
        click.echo(line)
