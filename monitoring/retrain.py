"""When a model is trained anew: what asks for it, and what holds it back. A pure function over the model's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from churn.history import PROMOTED
from churn.params import Retraining
from churn.store.tables import Event
from monitoring.verdict import Verdict

BEGUN, TRAINED, ENDED = "retraining", "retrained", "retraining ended"  # kinds of line in the history
MONTH = timedelta(days=30)
Trigger = Literal["decayed", "drifted", "outcomes", "days"]


@dataclass(frozen=True)
class Occasion:
    """What monitoring knows at the end of a run.

    labels: outcomes that have matured since the champion was trained, those of broken feeds left out. trained: when
    that was, learned: from how many rows, None if nobody knows.
    """

    version: str
    snapshot: str
    verdict: Verdict
    labels: int
    trained: datetime | None = None
    learned: int | None = None


@dataclass(frozen=True)
class Choice:
    """trigger: what asks for a retraining, None if nothing does. held: why it does not start all the same."""

    trigger: Trigger | None
    reason: str
    held: str | None = None

    def key(self, occasion: Occasion) -> str:
        """What the retraining answers: the same finding asks under the same key."""
        return f"version {occasion.version}, {occasion.snapshot}, {self.trigger}"

    @property
    def start(self) -> bool:
        """Whether a retraining starts."""
        return self.trigger is not None and self.held is None


def decide(history: Sequence[Event], occasion: Occasion, policy: Retraining, now: datetime) -> Choice:
    """Whether a retraining starts. history: of the model, oldest first, with the times at which things happened."""
    trigger = _trigger(occasion, policy, now)
    if trigger is None:
        return Choice(None, "nothing asks for a retraining")
    if occasion.verdict.state == "broken":
        held: str | None = "the feed is broken"
    elif occasion.labels < policy.min_labels:
        held = f"{occasion.labels:,} outcomes have matured since the last training; {policy.min_labels:,} are needed"
    else:
        held = held_back(history, trigger, policy, now)
    return Choice(trigger, _reason(trigger, occasion), held)


def held_back(history: Sequence[Event], trigger: str, policy: Retraining, now: datetime) -> str | None:
    """What the past of the model says against a retraining now; None if nothing does.

    A challenger that was trained as a matter of routine and lost holds back the routine alone: it says nothing about a
    world that has changed since.
    """
    begun = [line.time for line in history if line.kind == BEGUN]
    if running(history, policy, now):
        return f"another retraining began at {_moment(begun[-1])}"
    month = [time for time in begun if now - time < MONTH]
    if len(month) >= policy.a_month:
        return f"{len(month)} retrainings began in the last 30 days; the policy allows {policy.a_month}"
    ended = _ended(history)
    won = [time for time, _, promoted in ended if promoted]
    if won and now < (free := won[-1] + timedelta(days=policy.cooldown_days)):
        return f"one has just been; the next may start at {_moment(free)}"
    lost = _lost([(time, promoted) for time, other, promoted in ended if _routine(other) == _routine(trigger)])
    if lost and now < (free := lost[-1] + timedelta(days=policy.backoff_days * 2 ** (len(lost) - 1))):
        why = f"the last {len(lost)} challengers lost" if len(lost) > 1 else "the last challenger lost"
        return f"{why}; the next may start at {_moment(free)}"
    return None


def refusal(history: Sequence[Event], key: str | None, policy: Retraining, now: datetime) -> str | None:
    """Why a run that was asked for under a key must not retrain; None if it may.

    A key that was answered is not answered again, unless that retraining failed or was killed. Without a key a person asks,
    who waits for nothing but another retraining.
    """
    if key is None:
        return "another retraining is running" if running(history, policy, now) else None
    if key and key in [line.detail.get("key") for line in _sound(history, policy, now)]:
        return f"{key} has been answered"
    return held_back(history, _trigger_of(key), policy, now)


def last_training(history: Sequence[Event], version: str, policy: Retraining, now: datetime) -> datetime | None:
    """When a model was last trained: the version itself, or a challenger of it; None if nobody knows."""
    times = [line.time for line in history if (line.kind, line.version) == ("registered", version)]
    return max([*times, *(line.time for line in _sound(history, policy, now))], default=None)


def _sound(history: Sequence[Event], policy: Retraining, now: datetime) -> list[Event]:
    """The first lines of the retrainings that ended without a failure, and of one that runs: neither failed ones nor dead."""
    marks = [line for line in history if line.kind in {BEGUN, ENDED}]
    begun = [(one, after) for one, after in zip(marks, [*marks[1:], None], strict=False) if one.kind == BEGUN]
    alive = running(history, policy, now)
    return [one for one, after in begun if (alive if after is None else after.kind == ENDED and not after.detail.get("failed"))]


def learned_from(history: Sequence[Event], version: str) -> int | None:
    """How many rows a version learned from; None if nobody knows."""
    found = [line.detail for line in history if (line.kind, line.version) == ("registered", version)]
    return found[-1].get("learned_from") if found else None


def turn(history: Sequence[Event]) -> str:
    """The name under which the next retraining begins; two that begin at once have the same, and one gets it."""
    return f"retraining {sum(line.kind == BEGUN for line in history) + 1}"


def running(history: Sequence[Event], policy: Retraining, now: datetime) -> bool:
    """Whether a retraining has begun and not ended, and is not so old that it must be dead."""
    marks = [line for line in history if line.kind in {BEGUN, ENDED}]
    return bool(marks) and marks[-1].kind == BEGUN and now - marks[-1].time < timedelta(hours=policy.longest_hours)


def _trigger(occasion: Occasion, policy: Retraining, now: datetime) -> Trigger | None:
    state, retrain = occasion.verdict.state, occasion.verdict.retrain
    if state == "decayed" and retrain and policy.decayed:
        return "decayed"
    if state == "drifted" and retrain and policy.drifted:
        return "drifted"
    if _many_new(occasion, policy):
        return "outcomes"
    if policy.days is not None and occasion.trained and now - occasion.trained >= timedelta(days=policy.days):
        return "days"
    return None


def _many_new(occasion: Occasion, policy: Retraining) -> bool:
    """Whether so many outcomes are new that a model of them would know clearly more, as one of a few months soon would."""
    grown = policy.growth is not None and occasion.learned is not None and occasion.labels >= policy.growth * occasion.learned
    return grown or (policy.outcomes is not None and occasion.labels >= policy.outcomes)


def _reason(trigger: Trigger, occasion: Occasion) -> str:
    if trigger == "outcomes":
        return f"{occasion.labels:,} outcomes have matured since the last training"
    if trigger == "days":
        return f"the model was trained on {_moment(occasion.trained)}" if occasion.trained else "the model is old"
    return occasion.verdict.evidence


def _ended(history: Sequence[Event]) -> list[tuple[datetime, str, bool]]:
    """Of each retraining that ended: when it began, what asked for it, and whether its challenger became champion.

    A challenger that waited for the approval of a person may become champion after the retraining has ended.
    """
    found, begun, challenger = [], None, ""
    for line in history:
        if line.kind == BEGUN:
            begun = line
        elif line.kind == TRAINED:
            challenger = line.version
        elif line.kind == ENDED and begun is not None:
            found.append((begun.time, _trigger_of(begun.detail.get("key")), bool(line.detail.get("promoted"))))
            begun = None
        elif line.kind == PROMOTED and found and begun is None and line.version == challenger:
            found[-1] = (*found[-1][:2], True)
    return found


def _lost(ended: Sequence[tuple[datetime, bool]]) -> list[datetime]:
    """When those in a row, up to the newest, began that did not win."""
    since = next((i for i, (_, promoted) in enumerate(reversed(ended)) if promoted), len(ended))
    return [time for time, _ in ended[len(ended) - since :]]


def _trigger_of(key: str | None) -> str:
    """A key ends with what triggered it."""
    return (key or "").rpartition(", ")[2]


def _routine(trigger: str) -> bool:
    return trigger in {"outcomes", "days"}


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
