"""`churn simulate`: write the demo company's labelled monthly snapshots to data/."""

from pathlib import Path

import click


@click.command()
@click.option("--customers", default=5000, show_default=True, help="Customers a month.")
@click.option("--months", default=6, show_default=True)
@click.option("--seed", default=7, show_default=True)
def simulate(customers: int, months: int, seed: int) -> None:
    """Write the demo company's labelled monthly snapshots to data/."""
    from churn.simulate import write  # noqa: PLC0415

    for path in write(Path("data"), seed, customers, months):
        click.echo(path)
