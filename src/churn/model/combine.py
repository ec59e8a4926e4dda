"""Members combined into one calibrated probability."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from churn.contract import Pairs
from churn.contract.encode import Matrix
from churn.contract.pairs import NONE
from churn.model.member import Floats, Labels, Member
from churn.params import Learner

TO_THE_MEAN = 20.0  # log loss of all rows that a weight one away from the mean costs


@dataclass(frozen=True)
class Model:
    """Calibrated log-odds: bias + sum of weight x member score."""

    members: dict[Learner, Member]
    weights: Floats
    bias: float

    @property
    def pairs(self) -> Pairs:
        """The interactions that its learners see. Raises ValueError where they differ, for learners of one model share rows."""
        found = {one.extension.pairs.key: one.extension.pairs for one in self.members.values() if len(one.extension.pairs)}
        if len(found) > 1:
            raise ValueError("the learners of one model see different pairs of columns; fit them on the same rows")
        return next(iter(found.values()), NONE)

    def log_odds(self, matrix: Matrix) -> Floats:
        """(n, features) to (n,)."""
        scores = np.column_stack([member.score(matrix) for member in self.members.values()])
        return np.asarray(scores @ self.weights + self.bias)

    def probability(self, matrix: Matrix) -> Floats:
        """(n, features) to (n,), each the calibrated probability that the customer leaves."""
        return np.asarray(expit(self.log_odds(matrix)))


@dataclass(frozen=True)
class Weights:
    """What each member's score counts (members,), and the bias."""

    weights: Floats
    bias: float

    @property
    def all_count(self) -> bool:
        """Whether every weight is above 0."""
        return bool((self.weights > 0).all())

    def log_odds(self, scores: Floats) -> Floats:
        """(n, members) to (n,)."""
        return np.asarray(scores @ self.weights + self.bias)


def platt(score: Floats, label: Labels) -> Weights:
    """One score (n,) as calibrated log-odds: Platt (1999), "Probabilistic outputs for support vector machines"."""
    centre, scale = score.mean(), score.std() or 1.0
    found = LogisticRegression(C=1e6, max_iter=1000).fit(((score - centre) / scale)[:, None], label)
    weight = float(found.coef_[0, 0]) / scale
    return Weights(np.array([weight]), float(found.intercept_[0]) - weight * centre)


def blend(scores: Floats, label: Labels) -> Weights:
    """Weights of members from their scores (n, members) of rows that they did not learn from.

    Each score is calibrated, then weighted so that log loss is least: stacking (Wolpert, 1992) with weights of at least 0
    (Breiman, 1996, "Stacked regressions") that are drawn to the mean, since members tell nearly the same story.
    """
    alone = [platt(score, label) for score in scores.T]
    if len(alone) == 1:
        return alone[0]
    sure = np.column_stack([one.log_odds(score[:, None]) for one, score in zip(alone, scores.T, strict=True)])
    *weights, bias = _least_loss(sure, label)
    slopes = np.array([one.weights[0] for one in alone])
    shifts = np.array([one.bias for one in alone])
    return Weights(slopes * weights, float(shifts @ weights + bias))


def _least_loss(sure: Floats, label: Labels) -> Floats:
    """Weights and bias of calibrated log-odds (n, members)."""
    count = sure.shape[1]
    mean = np.full(count, 1 / count)

    def loss(found: Floats) -> tuple[float, Floats]:
        weights, log_odds = found[:-1], sure @ found[:-1] + found[-1]
        missed = expit(log_odds) - label
        value = np.logaddexp(0.0, log_odds).sum() - log_odds @ label + TO_THE_MEAN * ((weights - mean) ** 2).sum()
        return float(value), np.append(sure.T @ missed + 2 * TO_THE_MEAN * (weights - mean), missed.sum())

    bounds = [(0.0, None)] * count + [(None, None)]
    return np.asarray(minimize(loss, np.append(mean, 0.0), jac=True, method="L-BFGS-B", bounds=bounds).x)
