"""The ladder from doing nothing to a model. Every step is judged on the same rows, none of which it has seen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.decision import Decision
from churn.discovery.folds import Folds
from churn.evaluate.slices import Judged, auc_influence
from churn.model import Floats, Labels, fit_member
from churn.model.splits import Groups
from churn.params import Learner, Train

LEARNERS: tuple[Learner, ...] = ("rule", "few_columns", "logistic", "boosting")  # from the simplest on
Progress = Callable[[list[Any], str], Iterable[Any]]


@dataclass(frozen=True)
class Rung:
    """One way to choose whom to contact. The mean of each array (n,), a value for each judging row, is the figure.

    learner: its name in params.yaml, None for the two that need no model. auc: the AUC and how far the row moves it.
    log_loss. profit: currency units per 1,000 customers.
    """

    name: str
    learner: Learner | None
    auc: Floats
    log_loss: Floats
    profit: Floats

    @property
    def mean_profit(self) -> float:
        """Currency units per 1,000 customers."""
        return float(self.profit.mean())


@dataclass(frozen=True)
class Stakes:
    """What a contact is worth, and the share of the customers that can be contacted."""

    decision: Decision
    share: float = 1.0


@dataclass(frozen=True)
class Ground:
    """What a ladder stands on: encoded rows (n, features), outcomes and customers (n,), the stakes, the learners' knobs."""

    contract: Contract
    matrix: Matrix
    label: Labels
    group: Groups
    stakes: Stakes
    params: Train


def climb(ground: Ground, folds: Folds, progress: Progress, learners: Sequence[Learner] = LEARNERS) -> list[Rung]:
    """Judge nobody, everybody and each learner; the logistic regression sees no pairs of columns, for it is the simple one."""
    contract, matrix, label, stakes, params = ground.contract, ground.matrix, ground.label, ground.stakes, ground.params
    break_even = {"break_even": stakes.decision.threshold}
    knobs = params.model_copy(update={"rule": params.rule.model_copy(update=break_even)})
    sheets = {learner: _Sheet(len(label)) for learner in learners}
    steps = [(learner, pair) for pair in folds.pairs for learner in learners]
    for learner, (fit, held) in progress(steps, "the ladder"):
        shown = knobs.model_copy(update={"interactions": 0}) if learner == "logistic" else knobs
        member = fit_member(learner, contract, matrix[fit], label[fit], shown, ground.group[fit])
        sheets[learner].judge(held, label[held], expit(member.score(matrix[held])), stakes)
    return [
        _constant("nobody", 0.0, label, folds, stakes),
        _constant("everybody", stakes.share, label, folds, stakes),
        *(sheet.rung(words(learner, params), learner) for learner, sheet in sheets.items()),
    ]


def columns_read(learner: Learner, ground: Ground, seed: int) -> list[str]:
    """The columns whose values the learner, fitted on all rows, looks at: those that change an answer when shuffled."""
    member = fit_member(learner, ground.contract, ground.matrix, ground.label, ground.params, ground.group)
    usual, random = member.score(ground.matrix), np.random.default_rng(seed)
    read = []
    for position, name in enumerate(ground.contract.features):
        changed = ground.matrix.copy()
        changed[:, position] = random.permutation(changed[:, position])
        if (member.score(changed) != usual).any():
            read.append(name)
    return read


def words(learner: Learner, params: Train) -> str:
    """A learner as a person calls it."""
    named = {"rule": "best one-line rule", "few_columns": f"logistic on {params.few_columns.columns} columns",
             "logistic": "logistic regression", "boosting": "gradient boosting"}  # fmt: skip
    return named.get(learner, learner.replace("_", " "))


class _Sheet:
    """Figures of each of n rows, added up over the times that it judges."""

    def __init__(self, rows: int) -> None:
        self.sums, self.times = np.zeros((3, rows)), np.zeros(rows)

    def judge(self, held: Any, label: Labels, probability: Floats, stakes: Stakes) -> None:
        """Add what the rows at positions `held` say of predictions."""
        auc, influence = auc_influence(Judged(label, probability, held))
        contacted = stakes.decision.contact_most(probability, stakes.share)
        self.sums[:, held] += auc + len(held) * influence, _loss(label, probability), stakes.decision.worth(label, contacted)
        self.times[held] += 1

    def rung(self, name: str, learner: Learner | None) -> Rung:
        """The means over the times that a row judged, for rows that did."""
        judged = self.times > 0
        return Rung(name, learner, *(self.sums[:, judged] / self.times[judged]))


def _constant(name: str, contacted: float, label: Labels, folds: Folds, stakes: Stakes) -> Rung:
    """Contact nobody or whomever there is time for; both know the base rate and rank no customer above another."""
    sheet = _Sheet(len(label))
    for fit, held in folds.pairs:
        loss, worth = _loss(label[held], label[fit].mean()), stakes.decision.worth(label[held], contacted)
        sheet.sums[:, held] += np.full(len(held), 0.5), loss, worth
        sheet.times[held] += 1
    return sheet.rung(name, None)


def _loss(label: Labels, probability: Floats | float) -> Floats:
    clipped = np.clip(probability, 1e-15, 1 - 1e-15)
    return np.asarray(-np.log(np.where(label == 1, clipped, 1 - clipped)))
