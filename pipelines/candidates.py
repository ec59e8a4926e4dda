"""Candidates are tried side by side before the stage that needs their tries, each as a mapped task in a process of its own."""

import os
from typing import Any

from prefect import task
from prefect.futures import wait
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner

from churn import versioning
from churn.params import Learner
from churn.stages import tune
from pipelines.common import OUTSIDE

TUNES = "tune"  # the stage that finds these tries made


def one_thread() -> None:
    """Threads that wait for a busy core make a fit 30 times slower."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def side_by_side() -> TaskRunner[Any]:
    """As many processes as there are processors, or as PREFECT_TASKS_RUNNER_PROCESS_POOL_MAX_WORKERS says."""
    return ProcessPoolTaskRunner(initializer=one_thread)


def try_candidates() -> None:
    """Make the tries of every candidate where the stage that tunes has to run.

    One that fails does not end the others: the stage, which then meets the same failure, says what becomes of it.
    """
    learners = list_candidates()
    tried = try_candidate.map(learners)
    wait(tried)
    for learner, one in zip(learners, tried, strict=True):
        if one.state.is_failed():
            print(f"candidate {learner} failed, the others go on: {one.state.message}")  # noqa: T201 - Prefect logs it


@task(**OUTSIDE)
def list_candidates() -> list[Learner]:
    """The learners that will be tuned; none where nothing has to be."""
    learners = tune.candidates()
    return learners if learners and versioning.outdated(TUNES) else []


@task(**OUTSIDE, task_run_name="candidate {learner}")
def try_candidate(learner: Learner) -> None:
    """Make the tries of one learner and keep them where the stage looks for them."""
    tune.try_candidate(learner)
