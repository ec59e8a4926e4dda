"""How well changes are delivered: the four figures of DORA, computed from the history of the model.

DORA is the research programme DevOps Research and Assessment, dora.dev; its guide "DORA's software delivery metrics" defines
deployment frequency, change lead time, change fail rate and the time to recover from a failed deployment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from churn.history import CROWNED, PROMOTED, REGISTERED, ROLLED_BACK
from churn.store.tables import Event
from monitoring.incidents import CLOSED, OPENED

UNDONE = "undone"  # a kind of line: a promotion that could not be verified and was taken back
DAYS = 90  # that the figures look back


@dataclass(frozen=True)
class Delivered:
    """One figure: value is None where nothing of its kind has happened; count is how many cases it is made of."""

    name: str
    value: float | None
    unit: str
    count: int
    definition: str

    def __str__(self) -> str:
        if self.value is None:
            return "none yet"
        if self.unit == "share":
            return f"{self.value:.0%}"
        return _duration(self.value) if self.unit == "seconds" else f"{self.value:.2g} {self.unit}"


def dora(history: Sequence[Event], now: datetime, days: float = DAYS) -> list[Delivered]:
    """The four figures over the last `days`, or since the history began if that is later."""
    start = max(now - timedelta(days=days), history[0].time) if history else now
    weeks = max((now - start) / timedelta(weeks=1), 1 / 7)
    deployed = [line for line in history if line.kind in {PROMOTED, UNDONE} and line.time >= start]
    live = [line for line in deployed if line.kind == PROMOTED]
    leads = [_lead(history, line) for line in live]
    failed = [line for line in deployed if _failed(history, line)]
    restored = [*_restored(history, failed), *_incidents(history, start)]
    return [
        Delivered(
            "deployment frequency",
            len(live) / weeks if history else None,
            "a week",
            len(live),
            f"Versions that became champion in the last {days:g} days (or since the first line), for each week.",
        ),
        _middle(
            "lead time for changes",
            [lead for lead in leads if lead is not None],
            "Median time from the commit that last changed data, parameters or code of a version until it was champion.",
        ),
        Delivered(
            "change failure rate",
            len(failed) / len(deployed) if deployed else None,
            "share",
            len(deployed),
            "Share of the promotions that were undone because they could not be verified, or rolled back later.",
        ),
        _middle(
            "time to restore",
            restored,
            "Median time until a failed promotion was replaced, or until an incident was closed.",
        ),
    ]


def _middle(name: str, values: list[float], definition: str) -> Delivered:
    return Delivered(name, median(values) if values else None, "seconds", len(values), definition)


def _lead(history: Sequence[Event], promoted: Event) -> float | None:
    """Seconds from the change to the promotion; where no commit is known, from the registration."""
    made = [line for line in history if line.kind == REGISTERED and line.version == promoted.version]
    before = [line for line in made if line.time <= promoted.time]
    if not before:
        return None
    changed = before[-1].detail.get("changed")
    since = datetime.fromisoformat(changed) if changed else before[-1].time
    return (promoted.time - since).total_seconds()


def _failed(history: Sequence[Event], line: Event) -> bool:
    after = _next_champion(history, line)
    return line.kind == UNDONE or (after is not None and after.kind == ROLLED_BACK)


def _next_champion(history: Sequence[Event], line: Event) -> Event | None:
    """Whatever took the place of a promoted version."""
    return next((one for one in history if one.kind in CROWNED and one.time > line.time), None)


def _restored(history: Sequence[Event], failed: Sequence[Event]) -> list[float]:
    """Seconds that rolled-back versions were champion; what could not be verified was taken back by the same flow."""
    ends = [(line, _next_champion(history, line)) for line in failed if line.kind == PROMOTED]
    return [(end.time - line.time).total_seconds() for line, end in ends if end]


def _incidents(history: Sequence[Event], start: datetime) -> list[float]:
    """Seconds from the opening of each incident to its end, of those that ended since `start`."""
    opened = {line.detail["incident"]: line.time for line in history if line.kind == OPENED}
    closed = [line for line in history if line.kind == CLOSED and line.time >= start]
    return [
        (line.time - opened[line.detail["incident"]]).total_seconds() for line in closed if line.detail["incident"] in opened
    ]


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
