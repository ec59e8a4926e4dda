"""The `churn` command. Every slow library is imported by the command that needs it."""

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from churn.commands import COMMANDS
from churn.errors import ChurnError, NoModel

if TYPE_CHECKING:
    from churn.settings import Settings


class Group(click.Group):
    """Turns a deliberate error into one line and an exit code; --verbose shows the traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ChurnError as error:
            if ctx.params.get("verbose"):
                raise
            click.echo(f"churn: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=Group)
@click.option("-C", "--workspace", type=click.Path(exists=True, file_okay=False), help="Work in this folder.")
@click.option("--verbose", is_flag=True, help="Show the traceback of an error.")
def main(workspace: str | None, verbose: bool) -> None:
    """A customer table in; a calibrated, served, watched and replaced churn model out."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    if not verbose:  # what goes wrong in a flow is told in one line at the end; Prefect keeps the whole log
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    if workspace:
        os.chdir(workspace)


@main.command()
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


@main.command()
@click.argument("name", type=click.Choice(["prepare", "tune", "train", "refit", "evaluate", "bundle", "track"]))
def stage(name: str) -> None:
    """Do the work of one stage in dvc.yaml (called by `dvc repro`)."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for a busy core make a fit 30 times slower
    from churn.console import progress  # noqa: PLC0415
    from churn.stages import STAGES  # noqa: PLC0415

    for line in STAGES[name](progress) or ():
        click.echo(line)


@main.command()
@click.option("--customers", default=5000, show_default=True, help="Customers a month.")
@click.option("--months", default=6, show_default=True)
@click.option("--seed", default=7, show_default=True)
def simulate(customers: int, months: int, seed: int) -> None:
    """Write the demo company's labelled monthly snapshots to data/."""
    from churn.simulate import write  # noqa: PLC0415

    for path in write(Path("data"), seed, customers, months):
        click.echo(path)


@main.command()
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Make the snapshot of this date.")
def snapshots(at: datetime | None) -> None:
    """Make data/ of the tables of events that params.yaml declares: a snapshot of the customers for each date."""
    from churn.console import progress  # noqa: PLC0415
    from churn.workspace import snapshots as room  # noqa: PLC0415

    for line in room.snapshots(at.date() if at else None, progress):
        click.echo(line)


@main.command()
@click.argument("customer")
@click.option("--at", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The date, as known at its end.")
def features(customer: str, at: datetime) -> None:
    """Print each feature of CUSTOMER on a date, and the events behind it."""
    from churn.console import progress  # noqa: PLC0415
    from churn.workspace.customer import features as told  # noqa: PLC0415

    for line in told(customer, at.date(), progress):
        click.echo(line)


@main.command()
@click.option("--by", required=True, help="Column that names the period of a row.")
@click.option("--learn", default=6, show_default=True, type=click.IntRange(1), help="Periods to learn from.")
@click.option("--days", default=30.0, show_default=True, type=click.FloatRange(0.01), help="How long a period lasts.")
def replay(by: str, learn: int, days: float) -> None:
    """Live through the dated table in data/ as monitoring would have, and print what that would have earned."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from churn import params  # noqa: PLC0415
    from monitoring.replay.account import HEAD, lines, row  # noqa: PLC0415
    from monitoring.replay.history import diary  # noqa: PLC0415
    from monitoring.replay.history import replay as live_through  # noqa: PLC0415

    lives, found = live_through(Path("data"), by, params.load(), learn, days)
    click.echo("\n".join([*lines(diary(lives)), "", *lines([HEAD, row(found)])]))


@main.command("walk-forward")
def walk_forward() -> None:
    """Judge each snapshot in data/ by a model of what was known on its date, with a gap as long as the horizon."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from churn import params  # noqa: PLC0415
    from churn.console import progress  # noqa: PLC0415
    from churn.data.sample import draw  # noqa: PLC0415
    from churn.evaluate.walk import walk  # noqa: PLC0415
    from churn.evaluate.walked import table  # noqa: PLC0415
    from monitoring.replay.account import lines  # noqa: PLC0415

    chosen = params.load()
    rows = draw(Path("data"), chosen.data, chosen.split.customers).rows
    click.echo("\n".join(lines(list(table(rows, walk(rows, chosen, progress), chosen)))))


@main.command()
@click.option("--anyway", is_flag=True, help="Let development go on after the verdict no-go.")
def discover(anyway: bool) -> None:
    """Judge whether the table in data/ is worth a model, and write the report."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from churn.console import progress  # noqa: PLC0415
    from churn.explore import REPORT, explore  # noqa: PLC0415

    found = explore(progress, anyway)
    click.echo(f"{found.verdict.word}: {found.verdict.reason}\n{found.next_step}\nThe report: {REPORT.absolute().as_uri()}")


@main.command()
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


@main.command()
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer; CHURN_WORKERS unless given.")
def serve(workers: int | None) -> None:
    """Serve the champion over HTTP and follow it when it changes."""
    from churn import params, settings  # noqa: PLC0415
    from serving.launch import run  # noqa: PLC0415

    chosen = settings.load()
    run(chosen.model_copy(update={"workers": workers or chosen.workers}), params.load().name)


@main.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--version", help="Version of the model; the champion unless given.")
@click.option("--bundle", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Or a bundle in a folder.")
@click.option("--keep", multiple=True, help="Column of IN that OUT shall have as it is; may be given several times.")
@click.option("--reasons", default=0, type=click.IntRange(0, 20), help="Reason codes of each customer to contact.")
@click.option("--part", metavar="K/N", help="Only the K-th of N shares, for the array jobs of a batch service.")
@click.option("--cluster", metavar="ADDRESS", help="Scheduler of the Dask cluster that is to do it: tcp://host:port.")
def score(
    source: str, target: str, version: str | None, bundle: Path | None, keep: tuple[str, ...], reasons: int, part: str | None,
    cluster: str | None,
) -> None:  # fmt: skip
    """Score customers IN (Parquet or CSV: a file, folder, pattern or URL) into the folder OUT; call it again to go on."""
    from churn.score import job  # noqa: PLC0415
    from churn.score.model import chosen  # noqa: PLC0415

    share = job.Share.of_text(part) if part else job.WHOLE
    asked = chosen(version, bundle, keep, reasons)
    if cluster:
        from churn import settings  # noqa: PLC0415
        from pipelines.stack import orchestrated  # noqa: PLC0415

        os.environ.update(orchestrated(settings.load()))
        from pipelines.scoring import on_cluster  # noqa: PLC0415

        click.echo(on_cluster(source, target, asked, cluster))
        return
    from churn.console import progress  # noqa: PLC0415

    click.echo(job.score_all(source, target, asked, share, progress))


@main.command()
@click.argument("scored", default="scored")
@click.option("--budget", required=True, type=click.FloatRange(min=0), help="What contacts and offers may cost together.")
@click.option("--to", "folder", default="campaign", show_default=True, type=click.Path(path_type=Path), help="Folder to write.")
def campaign(scored: str, budget: float, folder: Path) -> None:
    """Make the contact list of the customers in SCORED, a result of `churn score`, for a budget."""
    from churn import params  # noqa: PLC0415
    from churn.campaign.run import campaign as make_list  # noqa: PLC0415

    click.echo(make_list(scored, budget, folder, params.load()))


@main.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(["predict", "outcomes", "admin"]))
def key(name: str, scopes: tuple[str, ...]) -> None:
    """Make an API key for NAME: the key, shown this once, and the line to store in CHURN_API_KEYS_FILE."""
    from serving.keys.key import make  # noqa: PLC0415

    secret, line = make(name, scopes)
    click.echo(f"key, for whoever calls:  {secret}\nline, for the key file:  {line}")


@main.command()
def up() -> None:
    """Start Prefect with its worker and deployments, MLflow, Evidently and the API, until Ctrl-C."""
    chosen = _surround()
    from pipelines.up import run  # noqa: PLC0415

    run(chosen)


@main.command()
@click.option("--customers", default=5000, show_default=True, help="Customers a month.")
@click.option("--folder", default="state/demo", show_default=True, type=click.Path(path_type=Path))
def demo(customers: int, folder: Path) -> None:
    """Live through a year of the demo company in a workspace of its own, made anew in FOLDER."""
    from pipelines.ports import use_free_ports  # noqa: PLC0415

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.chdir(folder)
    use_free_ports()
    chosen = _surround()
    from pipelines import demo as story  # noqa: PLC0415
    from pipelines.summary import show  # noqa: PLC0415

    show(story.run(chosen, customers))


for one in COMMANDS:
    main.add_command(one)


def _surround() -> "Settings":
    """Load the settings and set the environment before Prefect is imported, which reads it once."""
    from churn import settings  # noqa: PLC0415
    from pipelines.stack import environment  # noqa: PLC0415

    chosen = settings.load()
    os.environ.update(environment(chosen))
    return chosen


if __name__ == "__main__":
    sys.exit(main())
