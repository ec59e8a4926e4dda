"""The candidate that is on its way to champion, as a sentence."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from churn.store.tables import Event
from monitoring.overview.known import moment

DOES: dict[str, Callable[[dict[str, Any]], str]] = {  # by the newest line about it
    "approval asked": lambda told: f"waits for the approval of a person, until {moment(datetime.fromisoformat(told['until']))}",
    "shadow begun": lambda _: "scores what the champion answers, unseen by the callers",
    "canary begun": lambda told: f"answers {told['share']:.0%} of the customers, and the champion all others",
}


def candidate(history: Sequence[Event]) -> str:
    """What it does now; empty where there is none, or where it only passes through."""
    newest = next((line for line in reversed(history) if "attempt" in line.detail), None)
    does = DOES.get(newest.kind) if newest else None
    return f"Version {newest.version} {does(newest.detail)}." if newest and does else ""
