"""Attempts in the history: which is under way, and where it stands. Pure functions over the lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    def facts(self) -> dict[str, Any]:
        """What every line about it holds."""
        return {name: value for name, value in self.line.detail.items() if name not in {"before", "broken"}}

    @property
    def answered(self) -> str:
        """The turn that whoever answers must take, so that one answer counts."""
        return f"deployment {self.number} answered"

    def waiting(self, now: datetime) -> bool:
        """Whether it waits for somebody, as the step that waits has said in its last line, and until when."""
        until = self.newest.detail.get("until")
        return until is not None and now <= datetime.fromisoformat(until)


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
