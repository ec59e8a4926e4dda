"""Which combination of learners is chosen, judged by scores of rows that the learners have not seen."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

from churn.model.combine import blend
from churn.model.member import Floats, Labels
from churn.model.splits import Splits
from churn.params import Learner


@dataclass(frozen=True)
class Entry:
    """One combination with its cross-validated figures."""

    learners: tuple[Learner, ...]
    auc: float
    log_loss: float

    @property
    def name(self) -> str:
        """What figures call it."""
        return "+".join(self.learners)


@dataclass(frozen=True)
class Contest:
    """The combination that was chosen, every one that was tried, and why some learners took no part."""

    chosen: Entry
    tried: tuple[Entry, ...]
    failed: dict[Learner, str] = field(default_factory=dict)

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """Cross-validated figures by name."""
        return {entry.name: {"auc": entry.auc, "log_loss": entry.log_loss} for entry in self.tried}


def contest(scores: dict[Learner, Floats], label: Labels, folds: Splits, share: float) -> Contest:
    """Begin with the best learner and add the one that helps most, as long as each is worth it.

    share: of the log loss of who knows the base rate only, which a member must save; where few leave there is less to save.
    scores: of each learner for every row, from a fit that did not see it. Weights and calibration are cross-fitted, so
    no row judges its own. Of combinations whose log loss is equal within that the one that ranks best is taken. Forward
    selection as in Caruana et al. (2004), "Ensemble selection from libraries of models".
    """
    worth = share * log_loss(label, np.full(len(label), label.mean()))
    tried = [_judge((learner,), scores, label, folds) for learner in scores]
    chosen = _best(tried, worth)
    while True:
        found = list(_larger(chosen, scores, label, folds))
        tried += found
        if not found or min(map(_loss, found)) > chosen.log_loss - worth:
            return Contest(chosen, tuple(tried))
        chosen = _best(found, worth)


def _larger(chosen: Entry, scores: dict[Learner, Floats], label: Labels, folds: Splits) -> Iterator[Entry]:
    """Every combination with one member more in which each member counts."""
    for learner in scores:
        learners = tuple(one for one in scores if one in (*chosen.learners, learner))
        if len(learners) > len(chosen.learners) and blend(_table(scores, learners), label).all_count:
            yield _judge(learners, scores, label, folds)


def _judge(learners: tuple[Learner, ...], scores: dict[Learner, Floats], label: Labels, folds: Splits) -> Entry:
    table, probability = _table(scores, learners), np.empty(len(label))
    for fit, held in folds:
        probability[held] = expit(blend(table[fit], label[fit]).log_odds(table[held]))
    auc = [roc_auc_score(label[held], probability[held]) for _, held in folds]
    return Entry(learners, float(np.mean(auc)), float(log_loss(label, probability)))


def _table(scores: dict[Learner, Floats], learners: tuple[Learner, ...]) -> Floats:
    return np.column_stack([scores[learner] for learner in learners])


def _best(entries: list[Entry], worth: float) -> Entry:
    """The one that ranks best of those whose log loss is equal within what a member is worth."""
    least = min(map(_loss, entries))
    return max((entry for entry in entries if entry.log_loss <= least + worth), key=lambda entry: entry.auc)


def _loss(entry: Entry) -> float:
    return entry.log_loss
