"""Assess a table: everything that the discovery report says, as values."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from churn.contract import Contract, encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, held_out
from churn.decision import Decision
from churn.discovery import problem
from churn.discovery.compare import Estimate, estimate
from churn.discovery.folds import Folds, folds
from churn.discovery.judge import FEW_CHURNERS, Verdict, difference, judge
from churn.discovery.ladder import Progress, Rung, climb
from churn.discovery.power import Power, power
from churn.discovery.profile import Part, Profile, over_time, profile
from churn.leak import suspects
from churn.params import Params
from churn.simple.rule import find_rule

NEXT_STEPS = {
    "go": "Train it: dvc repro, then churn deploy.",
    "no-go": "Change the question, the costs or the data, and look again. Development stops here; --anyway goes on.",
    "not yet": "Collect more outcomes and look again. Development may go on, and its intervals will be wide.",
}


@dataclass(frozen=True)
class Step:
    """A rung of the ladder with intervals. gain: its profit less that of the better of nobody and everybody."""

    name: str
    learner: str | None
    auc: Estimate
    log_loss: Estimate
    profit_per_1000: Estimate
    gain_per_1000: Estimate


@dataclass(frozen=True)
class Assessment:
    """What discovery found out.

    rows, customers, churners: of those that models may learn from. suspects: columns that may be the answer in disguise,
    with the reason, and whether they are accused. judged_on: the snapshots that judge, empty where there is one.
    perfect_per_1000: profit of whoever knew the future. threshold: churn probability above which a contact pays.
    rule: the best one-line rule of all rows.
    """

    verdict: Verdict
    problem: list[str]
    missing: list[str]
    rows: int
    customers: int
    churners: int
    snapshots: list[Part]
    power: Power
    columns: list[Profile]
    suspects: list[tuple[str, str, bool]]
    ladder: list[Step]
    judged_on: list[str]
    perfect_per_1000: float
    threshold: float
    rule: str
    notes: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Churners for each row."""
        return self.churners / self.rows

    @property
    def next_step(self) -> str:
        """What to do after the verdict."""
        if self.verdict.word == "simpler":
            rule = f" and train.rule.break_even: {self.threshold:.4g}" if self.verdict.learner == "rule" else ""
            return f"Put train.learners: [{self.verdict.learner}]{rule} into params.yaml, then dvc repro and churn deploy."
        return NEXT_STEPS[self.verdict.word]

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, text and numbers."""
        return asdict(self)


def assess(everything: Labelled, params: Params, shipped: Params, progress: Progress = lambda items, _: items) -> Assessment:
    """Look at the customers that models may learn from, climb the ladder, and give the verdict.

    `shipped` are the parameters that the program comes with, to see which of the problem's were never set.
    """
    rows = everything.where(~held_out(everything, params.split))
    sample = _sample(rows, params.discovery.rows, params.train.seed)
    decision, level = Decision.of(params.problem), params.evaluate.level
    contract = describe(sample.frame, params.data)
    chosen = _folds(sample, params)
    ladder = _climb(sample, contract, chosen, decision, params, _reach(everything, params), progress)
    customers, churners = len(np.unique(rows.group)), int(rows.label.sum())
    alone = customers / len(rows)
    perfect = 1000 * float(sample.label.mean()) * max(decision.churner_gain, 0.0)
    return Assessment(
        verdict=judge(churners, ladder, chosen.ratio, perfect, params.discovery.worthwhile, level),
        problem=problem.in_words(params.problem, decision),
        missing=problem.missing(params.problem, shipped.problem),
        rows=len(rows),
        customers=customers,
        churners=churners,
        snapshots=over_time(rows, level),
        power=power(churners * alone, (len(rows) - churners) * alone),
        columns=profile(rows, params.data.columns, level),
        suspects=[(s.column, s.reason, s.accused) for s in suspects(rows.frame, rows.label, rows.group)],
        ladder=list(_steps(ladder, chosen.ratio, level)),
        judged_on=chosen.judged_on,
        perfect_per_1000=perfect,
        threshold=decision.threshold,
        rule=_rule(sample, contract, decision, params),
        notes=[]
        if len(sample) == len(rows)
        else [f"the ladder was climbed on {len(sample):,} of the rows, whole customers drawn by lot"],
    )


def _folds(rows: Labelled, params: Params) -> Folds:
    """None where there are too few churners to cross-validate."""
    if min(rows.label.sum(), len(rows) - rows.label.sum()) < FEW_CHURNERS // 2:
        return Folds([], [])
    return folds(rows, params.train.folds, params.discovery.repeats, params.train.seed)


def _climb(
    rows: Labelled, contract: Contract, chosen: Folds, decision: Decision, params: Params, share: float, progress: Progress
) -> list[Rung]:
    if not chosen.pairs:
        return []
    matrix = encode(contract, columns_of(rows.frame, contract))
    return climb(contract, matrix, rows.label, chosen, decision, params.train, share, progress)


def _steps(ladder: list[Rung], ratio: float, level: float) -> Iterable[Step]:
    for rung in ladder:
        plain = max(ladder[:2], key=lambda one: one.mean_profit)
        auc, loss, profit = (estimate(values, ratio, level) for values in (rung.auc, rung.log_loss, rung.profit))
        yield Step(rung.name, rung.learner, auc, loss, profit, difference(rung, plain, ratio, level))


def _rule(rows: Labelled, contract: Contract, decision: Decision, params: Params) -> str:
    knobs = params.train.rule.model_copy(update={"break_even": decision.threshold})
    return find_rule(contract, encode(contract, columns_of(rows.frame, contract)), rows.label, knobs).sentence(contract)


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
