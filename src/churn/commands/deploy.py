"""`churn deploy`: register what `dvc repro` made, compare it with the champion, and promote it if it is better."""

import os

import click

from churn.errors import NoModel


@click.command()
@click.option("--anyway", is_flag=True, help="Go on although discovery says no-go.")
def deploy(anyway: bool) -> None:
    """Register what `dvc repro` made, compare it with the champion, and promote it if it is better."""
    from churn import params, settings  # noqa: PLC0415
    from churn.registry import Registry  # noqa: PLC0415
    from pipelines.stack import orchestrated  # noqa: PLC0415

    chosen = settings.load()
    models = Registry(chosen.tracking_uri, params.load().name)
    before = models.champion()  # asked first: does the registry answer?
    os.environ.update(orchestrated(chosen))
    from pipelines.deployment import deployment, reason  # noqa: PLC0415
    from pipelines.development import development  # noqa: PLC0415

    version = development(anyway)
    deployment(version)
    known = before is not None and before.version == version
    told = f"version {version}: {'nothing new, it is the champion already' if known else reason(version)}"
    if models.champion() is None:
        raise NoModel(f"{told}; there is no champion to serve")
    click.echo(told)
