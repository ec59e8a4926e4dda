"""Candidates: fit each learner, blend or choose by cross-validation, calibrate on out-of-fold scores."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.features import Design, one_hot, stepped
from churn.params import Learner, Train
from churn.simple.few import fit_few
from churn.simple.rule import fit_rule
from churn.simple.tree import Tree

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Folds = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]
Progress = Callable[[list[Any], str], Iterable[Any]]


@dataclass(frozen=True)
class Member:
    """One fitted learner with the design it reads."""

    design: Design
    estimator: LogisticRegression | HistGradientBoostingClassifier | Tree

    def log_odds(self, matrix: Matrix) -> Floats:
        """Uncalibrated scores: (n, features) to (n,)."""
        return np.asarray(self.estimator.decision_function(_wide(self.design, matrix)))


@dataclass(frozen=True)
class Model:
    """Calibrated log-odds: bias + sum of weight x member log-odds (Platt scaling; with two members a stack)."""

    members: dict[Learner, Member]
    weights: Floats
    bias: float

    def log_odds(self, matrix: Matrix) -> Floats:
        """(n, features) to (n,)."""
        scores = np.column_stack([member.log_odds(matrix) for member in self.members.values()])
        return np.asarray(scores @ self.weights + self.bias)

    def probability(self, matrix: Matrix) -> Floats:
        """(n, features) to (n,), each the calibrated probability that the customer leaves."""
        return np.asarray(expit(self.log_odds(matrix)))


@dataclass(frozen=True)
class Contest:
    """Cross-validated figures of each combination that was tried, and the one that was chosen."""

    chosen: tuple[Learner, ...]
    figures: dict[str, dict[str, float]]


def train(
    contract: Contract,
    matrix: Matrix,
    label: Labels,
    group: npt.NDArray[np.uint64],
    params: Train,
    progress: Progress = lambda items, _: items,
) -> tuple[Model, Contest]:
    """Fit a model on (n, features) encoded rows; rows of one group stay in one fold."""
    splitter = StratifiedGroupKFold(params.folds, shuffle=True, random_state=params.seed)
    folds: Folds = list(splitter.split(matrix, label, group))
    scores = {learner: np.empty(len(label)) for learner in params.learners}
    for learner, (fit, held) in progress(list(product(params.learners, folds)), "cross-validation"):
        scores[learner][held] = fit_member(learner, contract, matrix[fit], label[fit], params).log_odds(matrix[held])
    contest = _contest(scores, label, folds)
    members = {
        learner: fit_member(learner, contract, matrix, label, params) for learner in progress(list(contest.chosen), "fit")
    }
    combiner = _combiner(np.column_stack([scores[learner] for learner in contest.chosen]), label)
    return Model(members, combiner.coef_[0], float(combiner.intercept_[0])), contest


def fit_member(learner: Learner, contract: Contract, matrix: Matrix, label: Labels, params: Train) -> Member:
    """Fit one learner on encoded rows."""
    if learner == "logistic":
        design = stepped(contract, matrix, params.logistic.bins)
        estimator = LogisticRegression(C=params.logistic.c, max_iter=2000)
    elif learner == "rule":
        return Member(*fit_rule(contract, matrix, label, params.rule))
    elif learner == "few_columns":
        return Member(*fit_few(contract, matrix, label, params.few_columns))
    else:
        design, estimator = one_hot(contract, matrix), _boosting(params)
    return Member(design, estimator.fit(_wide(design, matrix), label))


def _wide(design: Design, matrix: Matrix) -> Floats:
    """The design in double precision, in which both learners compute; its values stay float32 numbers."""
    return design.transform(matrix).astype(np.float64)


def _boosting(params: Train) -> HistGradientBoostingClassifier:
    knobs = params.boosting
    return HistGradientBoostingClassifier(
        learning_rate=knobs.learning_rate,
        max_iter=knobs.rounds,
        max_leaf_nodes=knobs.leaves,
        min_samples_leaf=knobs.min_leaf_rows,
        l2_regularization=knobs.l2,
        early_stopping=False,
        random_state=params.seed,
    )


def _contest(scores: dict[Learner, Floats], label: Labels, folds: Folds) -> Contest:
    """Judge each learner and their blend by log loss; calibration is cross-fitted, so no row judges its own."""
    figures = {}
    for names in _combinations(list(scores)):
        stacked = np.column_stack([scores[name] for name in names])
        if len(names) > 1 and (_combiner(stacked, label).coef_ <= 0).any():
            continue  # a blend that subtracts a member follows noise
        probability = _cross_fitted(stacked, label, folds)
        auc = [roc_auc_score(label[held], probability[held]) for _, held in folds]
        figures["+".join(names)] = {"auc": float(np.mean(auc)), "log_loss": float(log_loss(label, probability))}
    best = min(figures, key=lambda name: figures[name]["log_loss"])
    return Contest(next(names for names in _combinations(list(scores)) if "+".join(names) == best), figures)


def _combinations(learners: list[Learner]) -> Iterator[tuple[Learner, ...]]:
    yield from ((learner,) for learner in learners)
    if len(learners) > 1:
        yield tuple(learners)


def _cross_fitted(scores: Floats, label: Labels, folds: Folds) -> Floats:
    probability = np.empty(len(label))
    for fit, held in folds:
        probability[held] = _combiner(scores[fit], label[fit]).predict_proba(scores[held])[:, 1]
    return probability


def _combiner(scores: Floats, label: Labels) -> LogisticRegression:
    """Nearly unpenalised, as in Platt (1999), 'Probabilistic outputs for support vector machines'."""
    return LogisticRegression(C=1e6, max_iter=1000).fit(scores, label)
