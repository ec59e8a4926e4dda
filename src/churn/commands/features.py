"""`churn features`: print each feature of CUSTOMER on a date, and the events behind it."""

from datetime import datetime

import click


@click.command()
@click.argument("customer")
@click.option("--at", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The date, as known at its end.")
def features(customer: str, at: datetime) -> None:
    """Print each feature of CUSTOMER on a date, and the events behind it."""
    from churn.console import progress  # noqa: PLC0415
    from churn.workspace.customer import features as told  # noqa: PLC0415

    for line in told(customer, at.date(), progress):
        click.echo(line)
