"""`churn card`: the model card of a version."""

import click


@click.command()
@click.argument("version")
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
def card(version: str, show: bool) -> None:
    """Write the evidence for VERSION, model card first, and print where it is."""
    from churn.evidence.write import CARD  # noqa: PLC0415
    from pipelines.deployment.evidence import collect  # noqa: PLC0415

    address = (collect(version) / CARD).as_uri()
    click.echo(address)
    if show:
        click.launch(address)
