"""`churn score`: score customers of any number, in parts, here or on a cluster."""

import os
from datetime import datetime
from pathlib import Path

import click


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--version", help="Version of the model; the champion unless given.")
@click.option("--bundle", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Or a bundle in a folder.")
@click.option("--keep", multiple=True, help="Column of IN that OUT shall have as it is; may be given several times.")
@click.option("--reasons", default=0, type=click.IntRange(0, 20), help="Reason codes of each customer to contact.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day from which dates are counted back; today unless given.")
@click.option("--part", metavar="K/N", help="Only the K-th of N shares, for the array jobs of a batch service.")
@click.option("--cluster", metavar="ADDRESS", help="Scheduler of the Dask cluster that is to do it: tcp://host:port.")
def score(
    source: str, target: str, version: str | None, bundle: Path | None, keep: tuple[str, ...], reasons: int,
    as_of: datetime | None, part: str | None, cluster: str | None,
) -> None:  # fmt: skip
    """Score customers IN (Parquet or CSV: a file, folder, pattern or URL) into the folder OUT; call it again to go on."""
    from churn.score import job  # noqa: PLC0415
    from churn.score.model import chosen  # noqa: PLC0415

    share = job.Share.of_text(part) if part else job.WHOLE
    asked = chosen(version, bundle, keep, reasons, as_of.date() if as_of else None)
    if cluster:
        from churn import settings  # noqa: PLC0415
        from pipelines.stack import orchestrated  # noqa: PLC0415

        os.environ.update(orchestrated(settings.load()))
        from pipelines.scoring import on_cluster  # noqa: PLC0415

        click.echo(on_cluster(source, target, asked, cluster))
        return
    from churn.console import progress  # noqa: PLC0415

    click.echo(job.score_all(source, target, asked, share, progress))
