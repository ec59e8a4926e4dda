"""Answer a share of the customers with the challenger; where it fails, the champion answers instead."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any, TypeVar

from churn.errors import StoreUnavailable
from churn.store import ChallengerScore, Event
from churn.store.tables import now
from serving.challenger.model import Challenger
from serving.challenger.pointer import Withdrawal, write
from serving.crew import Crew
from serving.ledger import Ledger
from serving.row import Row
from serving.scoring import Scores
from serving.slot import ModelSlot

log = logging.getLogger(__name__)

T = TypeVar("T")

THREADS = 2
WITHDRAWN = "withdrawn"


class Canary:
    """Asks the challenger of a slot in threads of its own, so that one that hangs holds up nobody else.

    patience: seconds after which such a thread is left behind. tell: is told after each call whether it failed.
    """

    def __init__(
        self, slot: ModelSlot, store: Ledger, bundles: Path, patience: float, tell: Callable[[bool], object] = lambda _: None
    ) -> None:
        self._slot, self._store, self._bundles, self._tell = slot, store, bundles, tell
        self._crew, self._aside = Crew(THREADS, patience), Crew(1, patience)  # the second one writes what failed
        self._untold: list[Event] = []
        self._telling = Lock()

    async def score(self, challenger: Challenger, row: Row, features: tuple[str, ...]) -> Scores | None:
        """The challenger's scores of a row whose values are in the order of `features`.

        None if the customer is not of its share, or if it fails: it raises, gives no number, or takes too long.
        """
        if not challenger.takes(row):
            return None
        scores = await self._ask(challenger, 1, challenger.score, [row], features)
        if scores:
            self._answered(challenger)
        return scores

    async def mix(self, challenger: Challenger, rows: Sequence[Row], features: tuple[str, ...], scores: Scores) -> Scores:
        """The champion's scores of rows with the challenger's in the place of its customers'; without them if it fails."""
        found = await self._ask(challenger, len(rows), challenger.score_among, rows, features)
        if not found or not found[1]:
            return scores
        self._answered(challenger)
        made = list(scores.made)
        for place, theirs in zip(found[0], found[1].made, strict=True):
            made[place] = theirs
        return replace(scores, made=made)

    async def _ask(self, challenger: Challenger, rows: int, function: Callable[..., T], *arguments: Any) -> T | None:
        """Call the challenger in a thread; None if that fails."""
        try:
            async with asyncio.timeout(challenger.patience(rows)):
                return await self._crew.run(function, *arguments, perf_counter())
        except Exception as error:  # whatever a new model breaks, the old one answers
            self._failed(challenger, _reason(error))
            return None

    def withdraw(self, version: str, reason: str, answered: int = 0, failed: int = 0) -> None:
        """Serve a challenger no more, in all workers and after a restart; history is told. Called from any thread."""
        write(self._bundles, Withdrawal(version=version, reason=reason))
        log.error("challenger %s is withdrawn: %s", version, reason)
        self._untold.append(Event(WITHDRAWN, version, {"reason": reason, "answered": answered, "failed": failed}))
        self.tell_history()

    def tell_history(self) -> None:
        """Write to the history what is not there yet; a store that does not answer is asked again the next time."""
        with self._telling:
            try:
                while self._untold:
                    self._store.record(self._untold[0])
                    del self._untold[0]
            except StoreUnavailable as error:
                log.warning("the withdrawal is not in the history yet: %s", error)

    def _answered(self, challenger: Challenger) -> None:
        challenger.note(failed=False)
        self._tell(False)

    def _failed(self, challenger: Challenger, reason: str) -> None:
        """Count and keep a failure; when they are too many, withdraw at once and let what follows take its time."""
        self._tell(True)
        self._aside.submit(lambda _: self._keep(challenger, reason), _warn)
        if challenger.note(failed=True) and self._slot.challenger is challenger:
            self._slot.challenger = None
            calls = challenger.answered + challenger.failed
            told = f"{challenger.failed} of {calls} calls failed, the last one so: {reason}"
            withdraw = partial(self.withdraw, challenger.live.version, told, challenger.answered, challenger.failed)
            self._aside.submit(lambda _: withdraw(), _warn)

    def _keep(self, challenger: Challenger, reason: str) -> None:
        self._store.log_challenger([ChallengerScore(None, now(), challenger.live.version, "canary", error=reason)])


def _reason(error: Exception) -> str:
    """What failed, in one line; a time-out has no words of its own."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return " ".join(f"{type(error).__name__} {error}".split())[:200]


def _warn(_: object, error: Exception | None) -> None:
    if error:
        log.error("a failure of the challenger could not be kept: %s", error)
