"""Worlds: companies to which one thing happens, and who knows what monitoring should call it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from churn.contract.encode import Matrix
from churn.simulate.company import FIRST_YEAR, PRICE_RISE
from churn.simulate.market import CALM, LEVELS, LONGEST, NAMES, Floats, Mood, as_matrix, join_segment, observe, settle, truth

Right = Literal["steady", "broken", "changed"]
Rows = npt.NDArray[np.int64]
Moods = Callable[[int], Mood]
Feed = Callable[[np.random.Generator, Matrix], tuple[Matrix, Rows]]
FAULT_MONTHS = 1  # after which somebody has repaired the feed
GRADUAL_MONTHS = 6
MATURES = 2  # months: a month's outcomes are known when the next has ended
SOURCE = ("data_gb", "support_calls", "late_payments")


@dataclass(frozen=True)
class Period:
    """One month: encoded rows as they were delivered, who left, and the true probability of it.

    matrix: (n, 20). customer, label and probability: (n,). broken: whether the feed was out of order. matured: (n,) the
    probability by the newest behaviour whose outcomes are known when the month begins, that of MATURES months before.
    """

    name: str
    matrix: Matrix
    customer: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    probability: Floats
    broken: bool
    matured: Floats


@dataclass(frozen=True)
class World:
    """A company and what happens to it.

    mood: the market by months since the change, negative before it. feed: what a fault does to the rows of a month.
    right: what monitoring should call it: steady, broken, or changed, which is drifted or decayed.
    """

    name: str
    right: Right
    mood: Moods = lambda _: CALM
    feed: Feed | None = None


def live(world: World, seed: int, customers: int, months: int, change: int) -> Iterator[Period]:
    """Live through `months` months of a steady number of customers; what happens, happens from month `change` on (from 0)."""
    random, faulty = (np.random.default_rng([seed, customers, part]) for part in range(2))
    people = settle(random, customers)
    for month in range(-LONGEST, months):
        mood = world.mood(month - change)
        mood = replace(mood, season=mood.season and float(np.sin(2 * np.pi * month / 12)))
        join_segment(random, people, mood.segment)
        columns = observe(random, people, mood)
        probability = truth(columns, mood)
        churned = random.random(customers) < probability
        if month >= 0:
            broken = world.feed is not None and 0 <= month - change < FAULT_MONTHS
            matrix, kept = world.feed(faulty, as_matrix(columns)) if world.feed and broken else _whole(as_matrix(columns))
            name = f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}"
            label, chance = churned[kept].astype(np.int64), probability[kept]
            before = truth(columns, world.mood(month - change - MATURES))[kept]
            yield Period(name, matrix, people.names[kept], label, chance, broken, before)
        people.replace(churned)


def _whole(matrix: Matrix) -> tuple[Matrix, Rows]:
    return matrix, np.arange(len(matrix))


def _renamed(_: np.random.Generator, matrix: Matrix) -> tuple[Matrix, Rows]:
    """'online check' is delivered as 'e-check', which training never saw."""
    payment = matrix[:, NAMES.index("payment")]
    payment[payment == 3] = len(LEVELS["payment"])
    return _whole(matrix)


def _cents(_: np.random.Generator, matrix: Matrix) -> tuple[Matrix, Rows]:
    matrix[:, NAMES.index("monthly_charge")] *= 100
    return _whole(matrix)


def _lost(random: np.random.Generator, matrix: Matrix) -> tuple[Matrix, Rows]:
    """Half of the customers come without the columns of one source."""
    gone = random.random(len(matrix)) < 0.5
    for name in SOURCE:
        matrix[gone, NAMES.index(name)] = np.nan
    return _whole(matrix)


def _twice(random: np.random.Generator, matrix: Matrix) -> tuple[Matrix, Rows]:
    """The rows of a third of the customers are delivered again in place of another third."""
    order = random.permutation(len(matrix))
    third = len(matrix) // 3
    kept = np.concatenate([order[third:], order[-third:]])
    return matrix[kept], kept


def _from(**then: float) -> Moods:
    return lambda month: replace(CALM, **then) if month >= 0 else CALM


def _slowly(month: int) -> Mood:
    share = min(max((month + 1) / GRADUAL_MONTHS, 0.0), 1.0)
    return Mood(price=1 + share * (PRICE_RISE - 1), anger=share)


def _settling_in(month: int) -> Mood:
    return Mood(segment=min(0.1 + 0.05 * month, 0.3)) if month >= 0 else CALM


WORLDS = {
    world.name: world
    for world in (
        World("steady", "steady"),
        World("seasonal", "steady", lambda _: Mood(season=1.0)),
        World("price_rise", "changed", _from(price=PRICE_RISE, anger=1.0)),
        World("new_segment", "changed", _settling_in),
        World("gradual", "changed", _slowly),
        World("competitor", "changed", _from(pull=1.2)),
        World("renamed_category", "broken", feed=_renamed),
        World("cents_for_euros", "broken", feed=_cents),
        World("missing_feed", "broken", feed=_lost),
        World("duplicate_feed", "broken", feed=_twice),
    )
}
