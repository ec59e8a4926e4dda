"""`churn init`: make this folder a workspace for the customers in TABLE (CSV, Parquet or Excel)."""

from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--target", required=True, help="Column with the outcome.")
@click.option("--positive", help="Its value for customers who left, in any case and spacing.")
@click.option("--positive-when", type=click.Choice(["present", "absent"]), help="Or: whether it is filled or empty.")
@click.option("--id", "identity", help="Column that identifies a customer.")
@click.option("--snapshot", help="Column that names the period of a row.")
def init(
    table: Path, target: str, positive: str | None, positive_when: Any, identity: str | None, snapshot: str | None
) -> None:
    """Make this folder a workspace for the customers in TABLE (CSV, Parquet or Excel)."""
    from churn import workspace  # noqa: PLC0415
    from churn.workspace.summary import summary  # noqa: PLC0415

    what = workspace.plan(table, target, positive, identity, snapshot, positive_when or "value")
    workspace.create(Path.cwd(), what)
    click.echo(summary(what))
