"""A deployment that may be killed at any point: the steps of the flow on the real registry and store, without a server."""

import os
import sys
from pathlib import Path

from churn import params
from pipelines.common import store
from pipelines.deployment.begin import begin
from pipelines.deployment.end import close
from pipelines.deployment.flow import cut_short, find_champion
from pipelines.deployment.steps import walk


def deploy(folder: Path, candidate: str, override: str) -> None:
    """Be the process that deploys."""
    os.chdir(folder)
    os.environ["CHURN_STATE"] = str(folder / "state")
    sys.stdout = sys.stderr = open(folder / "log.txt", "a", encoding="utf-8")  # noqa: SIM115, PTH123
    log = store()
    with log.alone("deployment"):
        champion = find_champion.fn()
        if champion and champion.version == candidate and not cut_short.fn(candidate):
            return
        trial = begin.fn(candidate, broken=False, override=override)
        outcome = walk(trial, params.load().deployment, call=lambda run, trial: run.fn(trial))
        close.fn(trial, outcome)
