"""Whom to contact, in which order, for a budget."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn.decision import Decision

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
CENTS = 100


@dataclass(frozen=True)
class Base:
    """n scored customers.

    probability: (n,) of leaving. value: (n,) what each is worth if saved. free: (n,) who may be contacted, the control group
    may not. segment: (n,) place in `segments`.
    """

    probability: Floats
    value: Floats
    free: npt.NDArray[np.bool_]
    segment: Rows
    segments: tuple[str, ...] = ("",)

    def __len__(self) -> int:
        return len(self.probability)


@dataclass(frozen=True)
class Worth:
    """Per customer (n,), in currency units: what a contact is expected to bring after all costs, and to cost."""

    gain: Floats
    cost: Floats

    @classmethod
    def of(cls, base: Base, decision: Decision) -> "Worth":
        """A churner takes the offer with chance `save_rate`, a stayer always (`churn.decision`). Costs are whole cents."""
        p, saved = base.probability, base.probability * decision.save_rate
        offers = decision.offer_cost * (saved + 1 - p)
        cost = np.ceil((decision.contact_cost + offers) * CENTS - 1e-6) / CENTS
        return cls(saved * base.value - offers - decision.contact_cost, cost)


def best(base: Base, worth: Worth, budget: float, caps: dict[str, int]) -> Rows:
    """Who is contacted, the first first: those whose contact pays, by gain for each unit of cost, as far as the budget goes.

    Dantzig (1957) for the knapsack whose items are small beside it. caps: segment and most customers of it.
    """
    order = _by(-worth.gain / np.maximum(worth.cost, 1 / CENTS), base.free & (worth.gain > 0))
    return _affordable(order[_within(base, order, caps)], worth.cost, budget)


def riskiest(base: Base, worth: Worth, budget: float) -> Rows:
    """The most likely to leave until the budget is spent, whether it pays or not."""
    return _affordable(_by(-base.probability, base.free), worth.cost, budget)


def everybody(base: Base) -> Rows:
    """All but the control group, whatever it costs."""
    return np.flatnonzero(base.free)


def _by(key: Floats, wanted: npt.NDArray[np.bool_]) -> Rows:
    rows = np.flatnonzero(wanted)
    return rows[np.argsort(key[rows], kind="stable")]


def _within(base: Base, order: Rows, caps: dict[str, int]) -> npt.NDArray[np.bool_]:
    """Which places of an order are among the first so many of their segment."""
    kept = np.ones(len(order), dtype=bool)
    for name, most in caps.items():
        if name in base.segments:
            places = np.flatnonzero(base.segment[order] == base.segments.index(name))
            kept[places[most:]] = False
    return kept


def _affordable(order: Rows, cost: Floats, budget: float) -> Rows:
    """The first of an order whose costs add up to no more than the budget, counted in cents."""
    spent = np.cumsum(np.rint(cost[order] * CENTS).astype(np.int64))
    return order[: int(np.searchsorted(spent, int(np.floor(budget * CENTS + 1e-6)), side="right"))]
