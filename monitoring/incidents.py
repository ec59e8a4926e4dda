"""Incidents: when people are alerted, and when they are told that it is over. A pure function over the model's history.

One incident is one alert and one closing message, however many windows it lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from churn.store.tables import Event
from monitoring.verdict import Verdict

OPENED, CLOSED, ALERTED = "incident opened", "incident closed", "alerted"  # kinds of line in the history
GRAVITY = {"drifted": 1, "decayed": 2, "broken": 3}
TITLES = {"broken": "the feed is broken", "decayed": "the model has decayed", "drifted": "the customers have changed"}


@dataclass(frozen=True)
class Incident:
    """What is wrong since `snapshot`. number: incidents are counted from 1."""

    number: int
    state: str
    version: str
    snapshot: str
    evidence: str
    advice: str


@dataclass(frozen=True)
class Message:
    """What people are sent. incident and about: which alert it is."""

    incident: int
    about: str
    title: str
    body: str


def follow(history: Sequence[Event], verdict: Verdict, snapshot: str, version: str) -> list[Event]:
    """The lines that a verdict on a window adds to the history: an incident closed, one opened, both or none.

    A graver finding opens an incident of its own, which takes the place of the one that is open; a lesser one does not.
    A drift that moves no score is no incident.
    """
    current = standing(history)
    over = current and _over(current, verdict, version)
    wrong = GRAVITY.get(verdict.state, 0) if verdict.state != "drifted" or verdict.retrain else 0
    lines = []
    if current and over:
        lines.append(Event(CLOSED, version, {"incident": current.number, "reason": over, "snapshot": snapshot}))
    if wrong > (GRAVITY[current.state] if current and not over else 0):
        number = 1 + sum(line.kind == OPENED for line in history)
        told = {"state": verdict.state, "snapshot": snapshot, "evidence": verdict.evidence, "advice": verdict.advice}
        lines.append(Event(OPENED, version, {"incident": number, **told}))
    return lines


def standing(history: Sequence[Event]) -> Incident | None:
    """The incident that is open: the newest one, unless it was closed."""
    lines = [line for line in history if line.kind in {OPENED, CLOSED}]
    return _incident(lines[-1]) if lines and lines[-1].kind == OPENED else None


def unsent(history: Sequence[Event], to: str) -> list[Message]:
    """What one place has not been sent yet: that an incident is open, or that one it knows of is over.

    An incident that was over before its alert got through is nobody's concern any more.
    """
    told = [line.detail for line in history if line.kind == ALERTED and line.detail["to"] == to]
    sent = {(detail["incident"], detail["about"]) for detail in told}
    current = standing(history)
    messages = [_closing(line) for line in history if line.kind == CLOSED and (line.detail["incident"], OPENED) in sent]
    if current:
        messages.append(_opening(current))
    return [message for message in messages if (message.incident, message.about) not in sent]


def _over(current: Incident, verdict: Verdict, version: str) -> str:
    """Why an incident is over; empty while it is not. A feed stays broken under another model."""
    if verdict.state == "insufficient":
        return ""
    if current.state == "broken":
        return "" if verdict.state == "broken" else "The feed is in order again."
    if version != current.version:
        return f"Version {version} has taken over from version {current.version}."
    return verdict.evidence if verdict.state == "steady" else ""


def _incident(line: Event) -> Incident:
    told: dict[str, Any] = line.detail
    return Incident(told["incident"], told["state"], line.version, told["snapshot"], told["evidence"], told["advice"])


def _opening(one: Incident) -> Message:
    title = f"Since {one.snapshot} {TITLES[one.state]} (version {one.version})"
    return Message(one.number, OPENED, title, f"{one.evidence} {one.advice}")


def _closing(line: Event) -> Message:
    number = line.detail["incident"]
    return Message(number, CLOSED, f"Incident {number} is over in {line.detail['snapshot']}", str(line.detail["reason"]))
