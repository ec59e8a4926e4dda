"""Attempts in the history: which is under way, and where it stands. Pure functions over the lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn.store import Event

BEGUN, ENDED = "deployment", "deployment ended"  # kinds of line in the history


@dataclass(frozen=True)
class Attempt:
    """An attempt that has begun and not ended; `line` is its first, `newest` its last."""

    line: Event
    newest: Event

    @property
    def number(self) -> int:
        """Attempts are counted from 1."""
        return int(self.line.detail["attempt"])

    @property
    def before(self) -> str | None:
        """The champion when it began."""
        found: str | None = self.line.detail["before"]
        return found

    @property
    def waiting(self) -> str:
        """What it waits for, as the step that waits has said in its last line; empty while it waits for nobody."""
        return str(self.newest.detail.get("waits", ""))


def under_way(history: Sequence[Event]) -> Attempt | None:
    """The attempt that has not ended, if there is one."""
    lines = [line for line in history if "attempt" in line.detail]
    begun = next((line for line in reversed(lines) if line.kind == BEGUN), None)
    if begun is None:
        return None
    own = [line for line in lines if line.detail["attempt"] == begun.detail["attempt"]]
    return None if own[-1].kind == ENDED else Attempt(begun, own[-1])


def next_number(history: Sequence[Event]) -> int:
    """The number of the next attempt."""
    return 1 + sum(line.kind == BEGUN for line in history)
