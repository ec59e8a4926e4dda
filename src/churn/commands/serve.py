"""`churn serve`: serve the champion over HTTP and follow it when it changes."""

import click


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer; CHURN_WORKERS unless given.")
def serve(workers: int | None) -> None:
    """Serve the champion over HTTP and follow it when it changes."""
    from churn import params, settings  # noqa: PLC0415
    from serving.launch import run  # noqa: PLC0415

    chosen = settings.load()
    run(chosen.model_copy(update={"workers": workers or chosen.workers}), params.load().name)
