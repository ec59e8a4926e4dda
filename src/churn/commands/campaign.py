"""`churn campaign`: make the contact list of the customers in SCORED, a result of `churn score`, for a budget."""

from pathlib import Path

import click


@click.command()
@click.argument("scored", default="scored")
@click.option("--budget", required=True, type=click.FloatRange(min=0), help="What contacts and offers may cost together.")
@click.option("--to", "folder", default="campaign", show_default=True, type=click.Path(path_type=Path), help="Folder to write.")
def campaign(scored: str, budget: float, folder: Path) -> None:
    """Make the contact list of the customers in SCORED, a result of `churn score`, for a budget."""
    from churn import params  # noqa: PLC0415
    from churn.campaign.run import campaign as make_list  # noqa: PLC0415

    click.echo(make_list(scored, budget, folder, params.load()))
