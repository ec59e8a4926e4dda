"""`churn key`: make an API key for NAME: the key, shown this once, and the line to store in CHURN_API_KEYS_FILE."""

import click


@click.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(["predict", "outcomes", "admin"]))
def key(name: str, scopes: tuple[str, ...]) -> None:
    """Make an API key for NAME: the key, shown this once, and the line to store in CHURN_API_KEYS_FILE."""
    from serving.keys.key import make  # noqa: PLC0415

    secret, line = make(name, scopes)
    click.echo(f"key, for whoever calls:  {secret}\nline, for the key file:  {line}")
