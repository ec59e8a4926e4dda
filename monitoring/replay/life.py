"""A life of monitored months under the policy: the verdicts, the retrainings, and the champion of each month."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add

from churn.store.tables import Event
from monitoring.counts import Block, Counts, latest
from monitoring.figures import Figures
from monitoring.measure import Past, measure
from monitoring.replay.learner import Learner, Rows
from monitoring.retrain import BEGUN, ENDED, Choice, Occasion, decide
from monitoring.verdict import Verdict, judge
from monitoring.yardstick import Matured, Yardstick

START = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = 12


@dataclass(frozen=True)
class Lived:
    """One period: who scored it, what monitoring said at its end, and what followed."""

    name: str
    champion: Yardstick
    figures: Figures
    verdict: Verdict
    choice: Choice
    promoted: bool | None


@dataclass
class Life:
    """What has happened so far.

    learned: rows that the champion learned from. in_order: periods whose feed was not called broken, which are the ones to
    learn from. waiting, unripe: windows and sets of outcomes that are too small and are joined with the next.
    """

    learner: Learner
    champion: Yardstick
    learned: int
    in_order: list[Rows]
    trained: datetime
    labels: int = 0
    history: list[Event] = field(default_factory=list)
    figures: list[Figures] = field(default_factory=list)
    counts: list[Counts] = field(default_factory=list)
    matured: list[Matured] = field(default_factory=list)
    waiting: list[Block] = field(default_factory=list)
    unripe: list[Matured] = field(default_factory=list)
    seasons: dict[int, Rows] = field(default_factory=dict)


def live(learner: Learner, learned: Sequence[Rows], lived: Sequence[Rows], days: float = 30.0) -> list[Lived]:
    """Train on some periods and live through those that follow, each `days` long; outcomes mature one period later."""
    start = START + timedelta(days=days * len(learned))
    first = learner.train(learned)
    life = Life(learner, first.model, first.learned, list(learned), start)
    life.seasons = dict(enumerate(learned))
    return [_period(life, len(learned) + i, rows, start + timedelta(days=days * (i + 1))) for i, rows in enumerate(lived)]


def _period(life: Life, position: int, rows: Rows, now: datetime) -> Lived:
    champion, policy = life.champion, life.learner.params
    block = life.learner.block(champion, rows)
    past = Past(life.counts, _season(life, position), life.matured, len(life.matured), complete=True)
    figures = measure(champion, rows.name, reduce(add, [*life.waiting, block]), past, policy.monitoring)
    life.figures.append(figures)
    verdict = judge(life.figures, policy.monitoring)
    life.waiting = [*life.waiting, block] if not figures.comparisons else []
    occasion = Occasion("", rows.name, verdict, life.labels, life.trained, life.learned)
    choice = decide(life.history, occasion, policy.retraining, now)
    promoted = _retrain(life, choice.key(occasion), now) if choice.start else None
    _mature(life, position, rows, block, verdict, same=champion is life.champion)
    return Lived(rows.name, champion, figures, verdict, choice, promoted)


def _retrain(life: Life, key: str, now: datetime) -> bool:
    candidate = life.learner.train(life.in_order)
    promoted = life.learner.better(candidate.model, life.champion)
    life.history += [Event(BEGUN, "", {"key": key}, now), Event(ENDED, "", {"promoted": promoted}, now)]
    life.trained, life.labels = now, 0
    if promoted:
        life.champion, life.learned = candidate.model, candidate.learned
        life.figures, life.counts, life.matured, life.waiting, life.unripe = [], [], [], [], []
    return promoted


def _mature(life: Life, position: int, rows: Rows, block: Block, verdict: Verdict, same: bool) -> None:
    """The outcomes of a period become known, and count unless its feed was broken."""
    if verdict.state == "broken":
        return
    life.in_order.append(rows)
    life.seasons[position] = rows
    life.labels += len(rows.label)
    if not same:
        return
    if life.figures[-1].comparisons and life.figures[-1].counts is not None:
        life.counts.append(life.figures[-1].counts)
    kept = latest(block)
    life.unripe.append(Matured(block.where(kept), rows.label[kept]))
    known = reduce(add, life.unripe)
    if len(known.label) >= life.learner.params.monitoring.min_outcomes:
        life.matured.append(known)
        life.unripe = []


def _season(life: Life, position: int) -> Block | None:
    """The same month of last year, scored by the champion, if the policy looks at it."""
    rows = life.seasons.get(position - YEAR)
    if rows is None or not life.learner.params.monitoring.season:
        return None
    return life.learner.block(life.champion, rows)
