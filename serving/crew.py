"""Threads for work that must not hold up the event loop, none of which is waited for without end.

A call into a model or a database cannot be stopped from outside. One that takes too long is left behind with its thread,
and another thread takes its place. When more are left behind than a process can bear, the crew is stuck: it refuses
whatever it is asked, and the process has to be started again.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

from churn.errors import NoAnswer

T = TypeVar("T")

SPARE = 3
LOOKS = 10  # within the time that a call may take

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Job:
    """A call that a crew makes; `late` once nobody waits for it any more."""

    work: "Callable[[Job], Any]"
    tell: Callable[[Any, Exception | None], None]
    loop: asyncio.AbstractEventLoop
    began: float = 0.0
    late: bool = False


class Crew:
    """`threads` that make calls in turn, each of which may take `patience` seconds; up to `spare` calls may be left behind."""

    def __init__(self, threads: int, patience: float, spare: int = SPARE) -> None:
        self._threads, self._patience, self._spare = threads, patience, spare
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._running: set[Job] = set()
        self._lock = Lock()  # a call comes back or is left behind, never both
        self._owed = 0  # calls whose result was not told yet
        self._present = 0
        self._left = 0
        self._looking = False

    @property
    def stuck(self) -> bool:
        """Whether so many calls were left behind that nothing can be asked any more."""
        return self._left > self._spare

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function in the context of the caller. Raises what it raises, and NoAnswer if it takes too long."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        call = partial(copy_context().run, function, *arguments)
        self.submit(lambda _: call(), partial(_settle, done))
        return await done

    def submit(self, work: Callable[[Job], Any], tell: Callable[[Any, Exception | None], None]) -> None:
        """Call `work` in a thread, then `tell` its result or its error in the event loop."""
        loop = asyncio.get_running_loop()
        if self.stuck:
            loop.call_soon(tell, None, self._refusal())
            return
        self._jobs.put(Job(work, tell, loop))
        self._owed += 1
        if self._present < self._threads:
            self._hire()
        if not self._looking:
            self._looking = True
            loop.call_later(self._patience / LOOKS, self._look, loop)

    def _hire(self) -> None:
        """One thread more. It does not keep the process from ending."""
        self._present += 1
        Thread(target=self._make_calls, daemon=True).start()

    def _make_calls(self) -> None:
        """Make calls until one is late."""
        late = False
        while not late:
            job = self._jobs.get()
            job.began = monotonic()
            self._running.add(job)
            result, error = _outcome(job)
            with self._lock:
                late = job.late
                self._running.discard(job)
            with suppress(RuntimeError):  # the server has ended meanwhile
                job.loop.call_soon_threadsafe(self._finish, job, result, error)

    def _finish(self, job: Job, result: Any, error: Exception | None) -> None:
        if job.late:
            self._left -= 1
        else:
            self._owed -= 1
            job.tell(result, error)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Leave behind what is late, and look again as long as a result is owed."""
        for job in self._late():
            self._leave(job)
        self._looking = self._owed > 0
        if self._looking:
            loop.call_later(self._patience / LOOKS, self._look, loop)

    def _late(self) -> list[Job]:
        limit = monotonic() - self._patience
        with self._lock:
            found = [job for job in list(self._running) if job.began < limit]
            for job in found:
                job.late = True
                self._running.discard(job)
        return found

    def _leave(self, job: Job) -> None:
        """Do without a call and its thread. When that was one too many, whatever waits is refused too."""
        self._left += 1
        self._present -= 1
        waiting = [job]
        if self.stuck:
            log.critical("%s", self._refusal())
            with suppress(Empty):
                while True:
                    waiting.append(self._jobs.get_nowait())
        else:
            log.error("a call did not come back within %g s and was left behind; %d so far", self._patience, self._left)
            self._hire()
        for one in waiting:
            self._owed -= 1
            one.tell(None, self._refusal())

    def _refusal(self) -> NoAnswer:
        if self.stuck:
            return NoAnswer(f"{self._left} calls of the model or the store never came back; restart the server")
        return NoAnswer(f"the model or the store did not come back within {self._patience:g} s; ask again")


def _outcome(job: Job) -> tuple[Any, Exception | None]:
    try:
        return job.work(job), None
    except Exception as error:  # also a bug must not leave its caller without an answer
        return None, error


def _settle(done: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
    if done.done():  # its caller gave up
        return
    if error:
        done.set_exception(error)
    else:
        done.set_result(result)
