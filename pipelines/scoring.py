"""Scoring: a table of any size to probabilities and decisions, on this machine or on a Dask cluster."""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.futures import wait

from churn.errors import ParamsError
from churn.score import job, part
from churn.score.model import chosen
from churn.score.plan import Asked, Plan
from churn.score.write import PLAN, Target
from pipelines.common import OUTSIDE


@flow(name="scoring", log_prints=True)
def scoring(
    source: str,
    target: str,
    version: str | None = None,
    bundle: str | None = None,
    keep: list[str] | None = None,
    reasons: int = 0,
    cluster: str | None = None,
    as_of: date | None = None,
) -> str:
    """Score the table at `source` into the folder `target`, or go on with it. Returns what came of it, in one line.

    version or bundle: the model, the champion unless given. cluster: the scheduler of a Dask cluster whose workers can read
    and write all three places; without it this machine does the work. as_of: the day from which dates are counted back, today
    unless given.
    """
    asked = choose(version, bundle, tuple(keep or ()), reasons, as_of)
    line = on_cluster(source, target, asked, cluster) if cluster else here(source, target, asked)
    create_markdown_artifact(markdown=line, key="scoring", description="What was scored")
    return line


def on_cluster(source: str, target: str, asked: Asked, cluster: str) -> str:
    """Score on the workers of a Dask cluster. Raises ParamsError where Dask is not installed."""
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ParamsError("--cluster needs Dask, which is not installed; run `pip install 'churn[dask]'`") from error
    runner: Any = DaskTaskRunner(address=cluster)
    return scatter.with_options(task_runner=runner)(source, target, asked)


@flow(name="scoring-parts", log_prints=True)
def scatter(source: str, target: str, asked: Asked) -> str:
    """Score each part that is not there yet as one task of its own."""
    place = Target(target)
    plan = job.start(source, place, asked)
    waiting = [number for number, one in enumerate(plan.parts) if not place.exists(part.name_of(one))]
    stamp = fingerprint(plan)
    running = [score_part.submit(target, number, stamp) for number in waiting]
    wait(running)
    for one in running:
        one.result()
    job.finish(plan, place)
    return job.told(job.counted(plan, place), plan, place)


@task(**OUTSIDE)
def choose(version: str | None, bundle: str | None, keep: tuple[str, ...], reasons: int, as_of: date | None) -> Asked:
    """Find the model."""
    return chosen(version, Path(bundle) if bundle else None, keep, reasons, as_of)


@task(**OUTSIDE)
def here(source: str, target: str, asked: Asked) -> str:
    """Score on all processors of this machine."""
    return job.score_all(source, target, asked)


@task(**OUTSIDE)
def score_part(target: str, number: int, stamp: str) -> None:
    """Score one part of the plan with a fingerprint; a worker that does it again after another was killed finds no half."""
    place = Target(target)
    plan = _plan(target, stamp)
    part.score(plan, plan.parts[number], place)


def fingerprint(plan: Plan) -> str:
    """Of everything in a plan."""
    return sha256(plan.model_dump_json().encode()).hexdigest()


@lru_cache(maxsize=1)
def _plan(target: str, stamp: str) -> Plan:  # noqa: ARG001 - workers live longer than a run, whose plan is another one
    """Read once in each process and run: a task is told a number, not the whole plan."""
    return Plan.model_validate_json(Target(target).read_text(PLAN))
