"""Several worker processes: started one after the other, started again when one ends, ended together.

Each is told the descriptor of a channel. It says there when it is ready, and has to end when the other side is closed,
as the system does for a parent that is killed; the end of the worker in turn closes its own side.
"""

import logging
import selectors
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Self

STEADY_SECONDS = 10.0  # one that lived this long is started again at once
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # the others wait, each time twice as long
STOP_SECONDS = 15.0  # longer than a worker gives the requests that run

log = logging.getLogger(__name__)


class Worker:
    """The place of one worker: its process, if one runs, and when the next may be started."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.due = self._pause = self._started = 0.0

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> socket.socket:
        """Start a process and give our side of its channel. It has a session of its own: Ctrl-C reaches the parent alone."""
        ours, theirs = socket.socketpair()
        with theirs:
            told = [*command, str(theirs.fileno())]
            self.process = subprocess.Popen(told, env=environment, pass_fds=[theirs.fileno()], start_new_session=True)
        self.ready, self._started = False, monotonic()
        return ours

    def ended(self, now: float) -> float:
        """Note that the process is gone; gives the seconds until the next one may be started."""
        self._pause = 0.0 if now - self._started > STEADY_SECONDS else min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
        self.process, self.due = None, now + self._pause
        return self._pause


class Workers:
    """`count` processes of one command. `bury` is told the id of each that died.

    Leaving the context ends them all, and kills what has not ended after `patience` seconds.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        count: int,
        bury: Callable[[int], object],
        patience: float = STOP_SECONDS,
    ) -> None:
        self._command, self._environment, self._bury, self._patience = command, environment, bury, patience
        self._places = [Worker(number + 1) for number in range(count)]
        self._channels = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Tell all to end, and wait until they have."""
        left = [place.process for place in self._places if place.process]
        for process in left:
            process.terminate()
        until = monotonic() + self._patience
        for process in left:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - monotonic()))
            process.kill()
            process.wait()
        for key in list(self._channels.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._channels.close()

    def keep(self) -> None:
        """Keep all of them running, for ever. Exits with the code of the first one if that does not get ready.

        The first one alone makes what is not there yet, and what stops it would stop the others.
        """
        first = self._places[0]
        self._start(first)
        while not first.ready:
            self._hear(None)
        while True:
            for place in self._places:
                if not place.process and monotonic() >= place.due:
                    self._start(place)
            waiting = [place.due - monotonic() for place in self._places if not place.process]
            self._hear(max(0.0, min(waiting)) if waiting else None)

    def _start(self, place: Worker) -> None:
        self._channels.register(place.start(self._command, self._environment), selectors.EVENT_READ, place)

    def _hear(self, patience: float | None) -> None:
        """Wait until a worker says something or ends."""
        for key, _ in self._channels.select(patience):
            channel, place = key.fileobj, key.data
            if channel.recv(1):  # type: ignore[union-attr]
                place.ready = True
                log.info("worker %d (process %d) is ready", place.number, place.process.pid)
            else:
                self._channels.unregister(channel)
                channel.close()  # type: ignore[union-attr]
                self._ended(place, place.process)

    def _ended(self, place: Worker, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()
        if place is self._places[0] and not place.due and not place.ready:
            sys.exit(code)
        pause = place.ended(monotonic())
        log.error("worker %d (process %d) ended with code %d; the next starts in %g s", place.number, process.pid, code, pause)
        self._bury(process.pid)
