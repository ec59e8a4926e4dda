"""Score in the shadow of the champion, in a process of its own: no answer ever waits for it, and its end concerns nobody.

`python -m serving.challenger.shadow BUNDLES PARENT` takes what the champion has answered from the store, as much in a second
as the plan allows, and writes there what the challenger makes of it. It ends with the process PARENT, which the follower is.
"""

import logging
import os
import sys
import time
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Protocol

from churn import settings
from churn.bundle.open import Bundle, open_bundle
from churn.rollout.plan import Plan
from churn.rollout.share import place
from churn.store import ChallengerScore, Store
from churn.store.tables import now
from churn.store.tried import Kept
from serving import logs
from serving.challenger.pointer import read_target
from serving.follow import Patient, follow, is_parent

log = logging.getLogger("serving.challenger.shadow")  # not __name__, which is __main__ when this module is run

PAUSE = 0.5  # seconds between two groups
MODE = "shadow"
NICE = 10  # the server comes first


class Answers(Protocol):
    """What is asked of the store about predictions; `Store.tried` is one."""

    def newest(self) -> str:
        """The id of the newest prediction."""

    def after(self, identity: str, version: str, most: int) -> list[Kept]:
        """Predictions that came after one, without those of a version."""


class Ledger(Protocol):
    """Where scores go."""

    def log_challenger(self, scores: Sequence[ChallengerScore]) -> None:
        """Write scores."""


class Shadow:
    """Scores with one challenger whatever is predicted from now on."""

    def __init__(self, version: str, bundle: Bundle, plan: Plan, answers: Answers, ledger: Ledger) -> None:
        self._version, self._bundle, self._plan = version, bundle, plan
        self._answers, self._ledger = answers, ledger
        self._last = answers.newest()

    def step(self) -> None:
        """Score and write one group; what came meanwhile and is more than the plan allows is left out. Raises as the store."""
        most = max(1, round(self._plan.most_per_second * PAUSE))
        rows = self._answers.after(self._last, self._version, most)
        if not rows:
            return
        taken = [row for row in rows if place(row.customer or row.id, MODE) < self._plan.share]
        self._ledger.log_challenger([self._score(row) for row in taken])
        self._last = self._answers.newest() if len(rows) == most else rows[-1].id

    def _score(self, row: Kept) -> ChallengerScore:
        """One row alone, as the server would score it."""
        began = perf_counter()
        try:
            scored = self._bundle.score_rows([[row.features.get(name) for name in self._bundle.contract.features]])
        except Exception as error:  # whatever it breaks is what is to be found out
            return self._failed(row, f"{type(error).__name__} {error}", began)
        probability = scored.probability[0]
        if not isfinite(probability):
            return self._failed(row, "its score is not a number", began)
        took = perf_counter() - began
        return ChallengerScore(row.id, now(), self._version, MODE, probability, scored.contact[0], took)

    def _failed(self, row: Kept, reason: str, began: float) -> ChallengerScore:
        told = " ".join(reason.split())[:200]
        return ChallengerScore(row.id, now(), self._version, MODE, seconds=perf_counter() - began, error=told)


def main() -> None:
    """Score until the parent is gone, or until it ends this process."""
    bundles, parent = Path(sys.argv[1]), int(sys.argv[2])
    logs.configure("info")
    os.nice(NICE)
    target = read_target(bundles)
    if target is None:
        return
    store = Store(settings.load().store_url)
    store.create()
    shadow = Shadow(target.version, open_bundle(Path(target.folder)), target.plan, store.tried, store)
    log.info("version %s scores in the shadow of the champion", target.version)
    follow([Patient("shadow", shadow.step)], alive=lambda: is_parent(parent), pause=lambda: time.sleep(PAUSE))


if __name__ == "__main__":
    main()
