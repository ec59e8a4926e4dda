"""Assess a table: everything that the discovery report says."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from churn.contract import encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, held_out
from churn.decision import Decision
from churn.discovery import problem
from churn.discovery.assessment import Assessment, Step
from churn.discovery.compare import Groups, estimate
from churn.discovery.folds import Folds, folds
from churn.discovery.growth import Growth, growth, in_words
from churn.discovery.judge import FEW_CHURNERS, difference, judge, worthwhile_gain
from churn.discovery.ladder import Ground, Progress, Rung, Stakes, climb, columns_read
from churn.discovery.power import power
from churn.discovery.profile import over_time, profile
from churn.discovery.quality import findings
from churn.leak import suspects
from churn.params import Params
from churn.simple.rule import find_rule


@dataclass(frozen=True)
class _Climbed:
    """The ladder with the customers that judge it, and what fewer rows bring its best learner."""

    ladder: list[Rung]
    group: Groups
    growth: list[Growth]
    more_rows: str


def assess(everything: Labelled, params: Params, shipped: Params, progress: Progress = lambda items, _: items) -> Assessment:
    """Look at the customers that models may learn from, climb the ladder, and give the verdict.

    `shipped` are the parameters that the program comes with, to see which of the problem's were never set.
    """
    rows = everything.where(~held_out(everything, params.split))
    sample = _sample(rows, params.discovery.rows, params.train.seed)
    decision, level = Decision.of(params.problem), params.evaluate.level
    ground, chosen = _ground(sample, params, Stakes(decision, _reach(everything, params))), _folds(sample, params)
    perfect = 1000 * float(sample.label.mean()) * max(decision.churner_gain, 0.0)
    climbed = _climb(ground, chosen, perfect, params, progress)
    customers, churners, snapshots = len(np.unique(rows.group)), int(rows.label.sum()), over_time(rows, level)
    alone = customers / len(rows)
    return Assessment(
        verdict=judge(churners, climbed.ladder, climbed.group, perfect, params.discovery.worthwhile, level),
        problem=problem.in_words(params.problem, decision),
        missing=problem.missing(params.problem, shipped.problem),
        rows=len(rows),
        customers=customers,
        churners=churners,
        snapshots=snapshots,
        power=power(churners * alone, (len(rows) - churners) * alone),
        columns=profile(rows, params.data.columns, level),
        quality=findings(rows, params.data, snapshots),
        suspects=[(s.column, s.reason, s.accused) for s in suspects(rows.frame, rows.label, rows.group)],
        ladder=list(_steps(climbed.ladder, climbed.group, level)),
        growth=climbed.growth,
        more_rows=climbed.more_rows,
        judged_on=chosen.judged_on,
        perfect_per_1000=perfect,
        threshold=decision.threshold,
        rule=_rule(ground),
        few=columns_read("few_columns", ground, params.train.seed) if chosen.pairs else [],
        notes=[]
        if len(sample) == len(rows)
        else [f"the ladder was climbed on {len(sample):,} of the rows, whole customers drawn by lot"],
    )


def _ground(rows: Labelled, params: Params, stakes: Stakes) -> Ground:
    contract = describe(rows.frame, params.data)
    return Ground(contract, encode(contract, columns_of(rows.frame, contract)), rows.label, rows.group, stakes, params.train)


def _folds(rows: Labelled, params: Params) -> Folds:
    """None where there are too few churners to cross-validate."""
    if min(rows.label.sum(), len(rows) - rows.label.sum()) < FEW_CHURNERS // 2:
        return Folds([], [])
    return folds(rows, params.train.folds, params.discovery.repeats, params.train.seed)


def _climb(ground: Ground, chosen: Folds, perfect: float, params: Params, progress: Progress) -> _Climbed:
    ladder = climb(ground, chosen, progress) if chosen.pairs else []
    learned: list[Growth] = []
    name, enough = "", 0.0
    if ladder:
        best = max((rung for rung in ladder if rung.learner), key=lambda rung: rung.mean_profit)
        name, enough = best.name, worthwhile_gain(_plain(ladder).mean_profit, perfect, params.discovery.worthwhile)
        assert best.learner is not None  # noqa: S101 - it was asked for above
        learned = growth(ground, chosen, best.learner, params.evaluate.level, progress)
    return _Climbed(ladder, ground.group[chosen.judging], learned, in_words(learned, name, enough))


def _plain(ladder: list[Rung]) -> Rung:
    """The better of nobody and everybody."""
    return max(ladder[:2], key=lambda one: one.mean_profit)


def _steps(ladder: list[Rung], group: Groups, level: float) -> Iterable[Step]:
    for rung in ladder:
        auc, loss, profit = (estimate(values, group, level) for values in (rung.auc, rung.log_loss, rung.profit))
        yield Step(rung.name, rung.learner, auc, loss, profit, difference(rung, _plain(ladder), group, level))


def _rule(ground: Ground) -> str:
    knobs = ground.params.rule.model_copy(update={"break_even": ground.stakes.decision.threshold})
    return find_rule(ground.contract, ground.matrix, ground.label, knobs).sentence(ground.contract)


def _reach(rows: Labelled, params: Params) -> float:
    """The share of the customers of a snapshot that can be contacted."""
    most = params.problem.contacts_a_month
    return 1.0 if most is None else min(1.0, most * len(np.unique(rows.snapshot.astype(str))) / len(rows))


def _sample(rows: Labelled, most: int, seed: int) -> Labelled:
    """At most `most` rows, by leaving out whole customers."""
    if len(rows) <= most:
        return rows
    names, customer, sizes = np.unique(rows.group, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    kept = np.zeros(len(names), dtype=bool)
    kept[order[np.cumsum(sizes[order]) <= most]] = True
    return rows.where(kept[customer])
