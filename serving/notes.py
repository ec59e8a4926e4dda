"""What requests leave behind, told to counters and log several at a time: one at a time would cost more than a score.

A process that is killed loses the notes of its last tenth of a second; predictions are in the store regardless.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

PAUSE = 0.1


class Note(NamedTuple):
    """One answer: when it was given (seconds since the epoch), how long it took (seconds), and for which key and id."""

    time: float
    method: str
    route: str
    status: int
    seconds: float
    key: str
    request_id: str


class Notes:
    """Keeps notes for a moment, then tells them to each listener."""

    def __init__(self, *listeners: Callable[[Sequence[Note]], None]) -> None:
        self._listeners = listeners
        self._held: list[Note] = []

    def add(self, note: Note) -> None:
        """Keep a note. The first of a moment starts the clock."""
        if not self._held:
            asyncio.get_running_loop().call_later(PAUSE, self.flush)
        self._held.append(note)

    def flush(self) -> None:
        """Tell what is held."""
        held, self._held = self._held, []
        if held:
            for tell in self._listeners:
                tell(held)
