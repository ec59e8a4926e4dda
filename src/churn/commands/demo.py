"""`churn demo`: live through a year of the demo company in a workspace of its own, made anew in FOLDER."""

import os
import shutil
from pathlib import Path

import click

from churn.commands.surround import surround


@click.command()
@click.option("--customers", default=5000, show_default=True, help="Customers a month.")
@click.option("--folder", default="state/demo", show_default=True, type=click.Path(path_type=Path))
def demo(customers: int, folder: Path) -> None:
    """Live through a year of the demo company in a workspace of its own, made anew in FOLDER."""
    from pipelines.ports import use_free_ports  # noqa: PLC0415

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.chdir(folder)
    use_free_ports()
    chosen = surround()
    from pipelines import demo as story  # noqa: PLC0415
    from pipelines.summary import show  # noqa: PLC0415

    show(story.run(chosen, customers))
