"""`churn dora`: how well changes are delivered."""

import click


@click.command()
@click.option("--days", default=90, show_default=True, type=click.IntRange(1), help="How far to look back.")
def dora(days: int) -> None:
    """How often, how fast and how safely new versions reach production, each figure with its definition."""
    from churn import settings  # noqa: PLC0415
    from churn.store import Store  # noqa: PLC0415
    from churn.store.tables import now  # noqa: PLC0415
    from monitoring.dora import dora as measure  # noqa: PLC0415

    log = Store(settings.load().store_url)
    log.create()
    for one in measure(log.history(), now(), days):
        click.echo(f"{one.name:<22} {one!s:<14} of {one.count:<4} {one.definition}")
    log.check_history()
