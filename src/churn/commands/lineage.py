"""`churn lineage`: from a version, or from a prediction, back to data, parameters, commit and run."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from churn.errors import NoModel

if TYPE_CHECKING:
    from churn.store import Store


@click.command()
@click.argument("version")
def lineage(version: str) -> None:
    """What VERSION was made of: data, parameters, commit and run. Or give the id of a prediction."""
    from churn import history, settings  # noqa: PLC0415
    from churn.store import Store  # noqa: PLC0415

    log = Store(settings.load().store_url)
    log.create()
    made = _prediction(log, version)
    found = history.lineage(log.history(), made["model_version"], made["data_hash"]) if made else None
    found = found or history.lineage(log.history(), version)
    if made:
        click.echo(f"prediction  {version}, made {made['time']:%Y-%m-%d %H:%M:%S} UTC, probability {made['probability']:.4f}")
    for name, value in asdict(found).items():
        click.echo(f"{name:<11} {f'{value:%Y-%m-%d %H:%M:%S} UTC' if name == 'registered' else value or 'not written down'}")
    log.check_history()


def _prediction(log: "Store", name: str) -> dict[str, Any] | None:
    """A prediction by its id; None for what is the number of a version."""
    if name.isdecimal():
        return None
    found = log.prediction(name)
    if found is None:
        raise NoModel(f"{name!r} is neither a version nor the id of a prediction in the store")
    return found
