"""The verdict by stated rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from churn.discovery.compare import Estimate, Groups, estimate
from churn.discovery.ladder import Rung
from churn.params import Learner

CHANCE = 0.5  # AUC of a ranking by lot
FEW_CHURNERS = 100  # events that a validation needs: Collins, Ogundimu and Altman (2016), Statistics in Medicine 35(2)

PLAIN: tuple[Learner, ...] = ("rule", "few_columns", "logistic")  # from the simplest on

Word = Literal["go", "simpler", "no-go", "not yet"]


@dataclass(frozen=True)
class Verdict:
    """The word, why, the learner that it speaks for, and how many more churners are needed where there are too few."""

    word: Word
    reason: str
    learner: Learner | None = None
    churners_needed: int = 0


def worthwhile_gain(plain: float, perfect: float, share: float) -> float:
    """Profit per 1,000 customers that is worth a project: a share of what knowing the future would add to the `plain` one."""
    return max(share * (perfect - plain), 0.0)


def judge(churners: int, ladder: Sequence[Rung], group: Groups, perfect: float, worthwhile: float, level: float) -> Verdict:
    """Judge a ladder: nobody, everybody, then learners from the simplest to the most complex.

    churners: how many customers left. group: customer of each judging row. perfect: profit per 1,000 customers of
    whoever knew the future. worthwhile: the share of what knowing the future would add that is worth a project.
    The rules, in order:

    1. `not yet` below 100 churners.
    2. `no-go` if the interval of what the best learner earns more than the better of nobody and everybody holds nothing
       worthwhile. If it holds something worthwhile and nothing as well: `no-go` if the best learner earned no more, or no
       learner's AUC is clear of chance; else `not yet`.
    3. The first learner that clearly earns more than those too, and is not clearly behind the best, is spoken for:
       `simpler` if it is the rule or a logistic regression and something more complex was tried, else `go`.
    """
    if churners < FEW_CHURNERS or len(ladder) < 3:
        lacking = max(FEW_CHURNERS - churners, 1)
        return Verdict("not yet", f"{churners:,} churners are too few to judge; {lacking:,} more are needed", None, lacking)
    plain, learners = max(ladder[:2], key=_mean), ladder[2:]
    best = max(learners, key=_mean)
    gain = difference(best, plain, group, level)
    enough = worthwhile_gain(plain.mean_profit, perfect, worthwhile)
    told = f"{best.name} earns {_money(gain)} per 1,000 customers more than contacting {plain.name}"
    if gain.high <= enough:
        return Verdict("no-go", f"{told}, which is nothing, or less than the {enough:,.0f} that would be worthwhile")
    if gain.low <= 0:
        ranks = any(estimate(rung.auc, group, level).low > CHANCE for rung in learners)
        return _undecided(told, churners, gain, enough) if ranks and gain.value > 0 else _hopeless(told, ranks)
    for rung in learners[:-1]:
        behind = difference(rung, best, group, level)
        if rung.learner in PLAIN and behind.high >= 0 and difference(rung, plain, group, level).low > 0:
            return Verdict("simpler", _as_good(rung, best, plain, behind, gain), rung.learner)
    return Verdict("go", f"{told}, and nothing simpler earns as much", best.learner)


def difference(one: Rung, other: Rung, group: Groups, level: float) -> Estimate:
    """Profit per 1,000 customers of `one` less that of `other`, paired by customer."""
    return estimate(one.profit - other.profit, group, level)


def _mean(rung: Rung) -> float:
    return rung.mean_profit


def _undecided(told: str, churners: int, gain: Estimate, enough: float) -> Verdict:
    factor = (gain.half / max(gain.value, enough, 1e-9)) ** 2
    lacking = max(ceil(churners * (factor - 1)), 1)
    reason = f"{told}: too uncertain with {churners:,} churners; about {lacking:,} more are needed"
    return Verdict("not yet", reason, None, lacking)


def _hopeless(told: str, ranks: bool) -> Verdict:
    why = "the best of them is no gain" if ranks else "no learner tells who leaves from who stays beyond chance"
    return Verdict("no-go", f"{told}, and {why}")


def _as_good(rung: Rung, best: Rung, plain: Rung, behind: Estimate, gain: Estimate) -> str:
    if rung is best:
        return f"{rung.name} earns most: {_money(gain)} per 1,000 customers more than contacting {plain.name}"
    return f"{rung.name} earns as much as {best.name} within the interval: {_money(behind)} per 1,000 customers"


def _money(found: Estimate) -> str:
    return f"{found.value:+,.0f} [{found.low:,.0f}, {found.high:,.0f}]"
