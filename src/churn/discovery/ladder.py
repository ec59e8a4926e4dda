"""The ladder from doing nothing to a model. Every step is judged on the same rows, none of which it has seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.decision import Decision
from churn.discovery.folds import Folds
from churn.model import Floats, Labels, fit_member
from churn.params import Learner, Train

SIMPLE: tuple[Learner, ...] = ("rule", "few_columns")
Progress = Callable[[list[Any], str], Iterable[Any]]


@dataclass(frozen=True)
class Rung:
    """One way to choose whom to contact, with its figures in each fold; profit in currency units per 1,000 customers.

    learner: its name in params.yaml, None for the two that need no model.
    """

    name: str
    learner: Learner | None
    auc: list[float]
    log_loss: list[float]
    profit: list[float]

    @property
    def mean_profit(self) -> float:
        """Currency units per 1,000 customers."""
        return float(np.mean(self.profit))


def climb(
    contract: Contract,
    matrix: Matrix,
    label: Labels,
    folds: Folds,
    decision: Decision,
    params: Train,
    share: float = 1.0,
    progress: Progress = lambda items, _: items,
) -> list[Rung]:
    """Judge nobody, everybody and each learner on encoded rows (n, features); `share` of the customers can be contacted."""
    named: list[Learner] = [*SIMPLE, *(learner for learner in params.learners if learner not in SIMPLE)]
    rungs = [
        _constant("nobody", 0.0, label, folds, decision, share),
        _constant("everybody", 1.0, label, folds, decision, share),
    ]
    figures: dict[Learner, list[tuple[float, float, float]]] = {learner: [] for learner in named}
    steps = [(learner, pair) for pair in folds.pairs for learner in named]
    knobs = params.model_copy(update={"rule": params.rule.model_copy(update={"break_even": decision.threshold})})
    for learner, (fit, held) in progress(steps, "the ladder"):
        member = fit_member(learner, contract, matrix[fit], label[fit], knobs)
        figures[learner].append(_figures(label[held], expit(member.score(matrix[held])), decision, share))
    return rungs + [Rung(words(learner, params), learner, *map(list, zip(*figures[learner], strict=True))) for learner in named]


def words(learner: Learner, params: Train) -> str:
    """A learner as a person calls it."""
    named = {"rule": "best one-line rule", "few_columns": f"logistic on {params.few_columns.columns} columns",
             "logistic": "logistic regression", "boosting": "gradient boosting"}  # fmt: skip
    return named.get(learner, learner.replace("_", " "))


def _figures(label: Labels, probability: Floats, decision: Decision, share: float) -> tuple[float, float, float]:
    profit = decision.profit_per_1000(label, decision.contact_most(probability, share))
    return float(roc_auc_score(label, probability)), float(log_loss(label, probability)), profit


def _constant(name: str, contacted: float, label: Labels, folds: Folds, decision: Decision, share: float) -> Rung:
    """Contact nobody or whomever there is time for; both know the base rate and rank no customer above another."""
    rates = [(label[held], np.full(len(held), label[fit].mean())) for fit, held in folds.pairs]
    profit = [decision.profit_per_1000(seen, np.full(len(seen), contacted * share)) for seen, _ in rates]
    return Rung(name, None, [0.5] * len(rates), [float(log_loss(seen, rate)) for seen, rate in rates], profit)
