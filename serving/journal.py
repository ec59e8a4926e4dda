"""The prediction log: requests that wait at the same time are scored in one call and written in one transaction.

Nobody waits for company: a request that comes while nothing is being written is a group of its own, and those that come
meanwhile are the next group.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter, time_ns

from churn.errors import StoreUnavailable
from churn.store import KeptAnswer
from serving.crew import Crew, Job
from serving.ledger import Ledger
from serving.row import Row
from serving.scoring import Scores, score_together
from serving.slot import Live
from serving.traces import step


@dataclass(eq=False, slots=True)
class Entry:
    """One request: its rows with the model that it took, or its scores where they are made already."""

    done: asyncio.Future[Scores]
    live: Live | None = None
    rows: Sequence[Row] = ()
    arrived: float = 0.0
    scores: Scores | None = None
    error: Exception | None = None
    times: tuple[int, int, int] | None = None

    def trace(self) -> None:
        """Tell the trace of the request, if it has one, what its group did when."""
        if self.times:
            began, scored, written = self.times
            if self.live:
                step("score", began, scored)
            step("commit", scored, written)


class Journal:
    """Writes predictions to the store, one group at a time: a database that is asked by many writers makes most wait.

    anyway: gives scores also if the store cannot be written, marked as not recorded.
    """

    def __init__(self, store: Ledger, crew: Crew, *, anyway: bool = False) -> None:
        self._store, self._crew, self._anyway = store, crew, anyway
        self._waiting: list[Entry] = []
        self._busy = False

    @property
    def stuck(self) -> bool:
        """Whether model or store hung so often that nothing is asked of them any more."""
        return self._crew.stuck

    async def answer(self, live: Live, rows: Sequence[Row]) -> Scores:
        """Score rows and return once the predictions are in the store.

        Raises StoreUnavailable: then none of them is. Raises NoAnswer if model or store take too long.
        """
        entry = Entry(asyncio.get_running_loop().create_future(), live, rows, perf_counter())
        scores = await self._enter(entry)
        entry.trace()
        return scores

    async def log(self, scores: Scores) -> Scores:
        """Return once predictions are in the store. Raises as `answer` does."""
        entry = Entry(asyncio.get_running_loop().create_future(), scores=scores)
        found = await self._enter(entry)
        entry.trace()
        return found

    async def keep(self, answer: KeptAnswer) -> bool:
        """Write an answer with its predictions, unless its name has one already; tells whether it was written.

        Raises StoreUnavailable, NoAnswer.
        """
        return not await self._crew.run(self._store.keep, [answer])

    def _enter(self, entry: Entry) -> asyncio.Future[Scores]:
        self._waiting.append(entry)
        if not self._busy:
            self._start()
        return entry.done

    def _start(self) -> None:
        group, self._waiting = self._waiting, []
        self._busy = True
        self._crew.submit(partial(self._work, group), partial(self._finish, group))

    def _work(self, group: list[Entry], job: Job) -> None:
        """Score and write a group, unless its requests were refused meanwhile; each of them hears of a failure."""
        try:
            began = time_ns()
            _score(group)
            scored = time_ns()
            if job.late:
                return
            self._write(group)
            written = time_ns()
            for entry in group:
                entry.times = (began, scored, written)
        except Exception as error:  # also a bug must not leave requests without an answer
            for entry in group:
                entry.error = entry.error or error

    def _write(self, group: list[Entry]) -> None:
        try:
            self._store.log([made for entry in group if entry.scores for made in entry.scores.made])
        except StoreUnavailable:
            if not self._anyway:
                raise
            for entry in group:
                entry.scores = replace(entry.scores, recorded=False) if entry.scores else None

    def _finish(self, group: list[Entry], _: None, failure: Exception | None) -> None:
        self._busy = False
        if self._waiting:
            self._start()
        for entry in group:
            if entry.done.done():  # its caller gave up
                continue
            error = failure or entry.error
            if error:
                entry.done.set_exception(error)
            elif entry.scores:
                entry.done.set_result(entry.scores)


def _score(group: list[Entry]) -> None:
    """Score what is not scored yet, in one call for each model; a model that fails concerns its own requests only."""
    by_model: dict[int, tuple[Live, list[Entry]]] = {}
    for entry in group:
        if entry.live:
            by_model.setdefault(id(entry.live), (entry.live, []))[1].append(entry)
    for live, entries in by_model.values():
        try:
            for entry, scores in zip(entries, _scores(live, entries), strict=True):
                entry.scores = scores
        except Exception as error:
            for entry in entries:
                entry.error = error


def _scores(live: Live, entries: list[Entry]) -> list[Scores]:
    return score_together(live, [entry.rows for entry in entries], [entry.arrived for entry in entries])
