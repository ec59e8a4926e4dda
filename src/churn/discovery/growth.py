"""What more rows brought so far: the best learner of the ladder, learned from a part of the customers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from churn.discovery.compare import Estimate, Groups, estimate
from churn.discovery.folds import Folds, Rows
from churn.discovery.judge import difference
from churn.discovery.ladder import Ground, Progress, Rung, climb
from churn.model import Labels
from churn.params import Learner

SHARES = (0.125, 0.25, 0.5, 1.0)
FEWEST = 20  # rows of each class to learn from


@dataclass(frozen=True)
class Growth:
    """Figures with so many rows to learn from, and what that earned more per 1,000 customers than half of them."""

    rows: int
    auc: Estimate
    log_loss: Estimate
    profit_per_1000: Estimate
    brought: Estimate | None


def growth(ground: Ground, folds: Folds, learner: Learner, level: float, progress: Progress) -> list[Growth]:
    """The curve over doubling parts of the customers; parts with too few churners to learn from are left out.

    One cut into folds is enough for this. Smaller parts lie within larger ones, and all are judged by the same rows.
    """
    found: list[Growth] = []
    before: Rung | None = None
    for share in progress(list(SHARES), "fewer rows"):
        cut = folds.pairs[: ground.params.folds]
        part = Folds([(_part(fit, ground.group, share, ground.params.seed), held) for fit, held in cut], folds.judged_on)
        if all(_both(ground.label[fit]) for fit, _ in part.pairs):
            (*_, rung) = climb(ground, part, lambda steps, _: steps, [learner])
            found.append(_growth(rung, before, part, ground.group[part.judging], level))
            before = rung
    return found


def _both(label: Labels) -> bool:
    return bool(min(label.sum(), len(label) - label.sum()) >= FEWEST)


def _growth(rung: Rung, before: Rung | None, part: Folds, group: Groups, level: float) -> Growth:
    rows = round(float(np.mean([len(fit) for fit, _ in part.pairs])))
    auc, loss, profit = (estimate(values, group, level) for values in (rung.auc, rung.log_loss, rung.profit))
    return Growth(rows, auc, loss, profit, difference(rung, before, group, level) if before else None)


def _part(rows: Rows, group: Groups, share: float, seed: int) -> Rows:
    """The rows of a share of their customers, drawn by lot."""
    names, customer = np.unique(group[rows], return_inverse=True)
    place = np.random.default_rng(seed).permutation(len(names))
    return rows[place[customer] < share * len(names)]


def in_words(found: Sequence[Growth], name: str, enough: float) -> str:
    """What to expect of more rows; `enough` is the profit per 1,000 customers that is worthwhile."""
    if len(found) < 2 or found[-1].brought is None:
        return "There are too few churners to tell what more rows would bring."
    half, whole, brought = found[-2], found[-1], found[-1].brought
    told = (
        f"From {half.rows:,} rows to {whole.rows:,} the AUC of {name} went from {half.auc.value:.3f} to {whole.auc.value:.3f} "
        f"and its profit by {brought.value:+,.0f} [{brought.low:,.0f}, {brought.high:,.0f}] per 1,000 customers"
    )
    if brought.low <= 0 and brought.high <= enough:
        return f"{told}: twice as many rows of this kind would bring little; new columns may bring more"
    return f"{told}: twice as many rows may bring as much again, seldom more"
