"""One attempt to make a version champion, and what a step of it finds."""

from dataclasses import dataclass, field
from typing import Any

from churn.store import Event, Store


@dataclass(frozen=True)
class Trial:
    """The attempt `number`, counted from 1, to put `candidate` in the place of `before`, the champion when it began.

    made_of: bundle, data and commit of the candidate, for the history. broken: a person knows that its data is of a feed
    that monitoring called broken. override: why a person overrules the gate; empty where nobody does.
    """

    number: int
    candidate: str
    before: str | None
    made_of: dict[str, str]
    broken: bool = False
    override: str = ""

    def line(self, kind: str, **detail: Any) -> Event:
        """A line of the history about this attempt."""
        return Event(kind, self.candidate, {**detail, "attempt": self.number, **self.made_of})

    def note(self, log: Store, kind: str, **detail: Any) -> None:
        """Write a line, once for the attempt, however often the step that found it is repeated."""
        log.take_turn(f"deployment {self.number} {kind}", self.line(kind, **detail))

    def note_answer(self, log: Store, line: Event) -> None:
        """Write what somebody says to it, unless somebody has answered already."""
        log.take_turn(f"deployment {self.number} answered", line)

    def noted(self, log: Store, kind: str) -> Event | None:
        """The line of a kind that this attempt has written."""
        lines = (line for line in log.history() if line.kind == kind and line.detail.get("attempt") == self.number)
        return next(lines, None)


@dataclass(frozen=True)
class Outcome:
    """What a step found. passed: whether the next one may begin. waits: nobody knows yet; run the flow again later."""

    passed: bool
    reason: str
    waits: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
