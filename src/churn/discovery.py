"""Is this a problem for a model? The ladder from doing nothing to a model, each step judged on rows it never saw."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.tree import DecisionTreeClassifier

from churn.contract import Contract, encode
from churn.contract.encode import Matrix
from churn.data.conform import columns_of
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.features import one_hot
from churn.model import Floats, Labels, fit_member
from churn.params import Train

FEW_CHURNERS = 100
Step = Callable[[Matrix, Labels, Matrix], Floats]


@dataclass(frozen=True)
class Rung:
    """One way to choose whom to contact: cross-validated AUC, and profit per 1,000 customers in each fold."""

    name: str
    auc: float
    profit: list[float]

    @property
    def mean_profit(self) -> float:
        """Currency units per 1,000 customers."""
        return float(np.mean(self.profit))


@dataclass(frozen=True)
class Assessment:
    """What discovery found out."""

    rows: int
    churners: int
    snapshots: dict[str, float]
    ladder: list[Rung]
    verdict: str
    reason: str


def assess(rows: Labelled, contract: Contract, decision: Decision, params: Train) -> Assessment:
    """Climb the ladder by grouped cross-validation and give a verdict: go, simpler, no-go or not yet."""
    names = np.unique(rows.snapshot.astype(str))
    rates = {name: float(rows.label[rows.snapshot.astype(str) == name].mean()) for name in names}
    ladder = _climb(rows, contract, decision, params)
    verdict, reason = judge(int(rows.label.sum()), ladder)
    return Assessment(len(rows), int(rows.label.sum()), rates, ladder, verdict, reason)


def judge(churners: int, ladder: list[Rung]) -> tuple[str, str]:
    """The verdict by stated rules. Steps of the ladder: nobody, everybody, rule, logistic, boosting."""
    nobody, everybody, rule, *models = ladder
    best = max(models, key=lambda rung: rung.mean_profit)
    simple = max(nobody, everybody, key=lambda rung: rung.mean_profit)
    if churners < FEW_CHURNERS:
        return "not yet", f"{churners} churners are too few; {FEW_CHURNERS - churners} more are needed"
    if not clearly_more(best, simple):
        return "no-go", f"{best.name} does not earn more than contacting {simple.name}"
    if not clearly_more(best, rule):
        return "simpler", f"one rule earns as much as {best.name}"
    return "go", f"{best.name} earns {best.mean_profit:,.0f} per 1,000 customers, {simple.name} {simple.mean_profit:,.0f}"


def clearly_more(one: Rung, other: Rung) -> bool:
    """Whether the mean paired gain over the folds exceeds two standard errors (about 95 %)."""
    gain = np.subtract(one.profit, other.profit)
    return bool(gain.mean() > 2 * gain.std(ddof=1) / np.sqrt(len(gain)))


def _climb(rows: Labelled, contract: Contract, decision: Decision, params: Train) -> list[Rung]:
    matrix = encode(contract, columns_of(rows.frame, contract))
    splitter = StratifiedGroupKFold(params.folds, shuffle=True, random_state=params.seed)
    folds = list(splitter.split(matrix, rows.label, rows.group))
    rungs = []
    for name, step in _steps(contract, params).items():
        scores = [(held, step(matrix[fit], rows.label[fit], matrix[held])) for fit, held in folds]
        auc = float(np.mean([roc_auc_score(rows.label[held], score) for held, score in scores]))
        profit = [decision.profit_per_1000(rows.label[held], decision.contact(score)) for held, score in scores]
        rungs.append(Rung(name, auc, profit))
    return rungs


def _steps(contract: Contract, params: Train) -> dict[str, Step]:
    def learner(name: str) -> Step:
        def scores(fit: Matrix, label: Labels, held: Matrix) -> Floats:
            log_odds = fit_member(name, contract, fit, label, params).log_odds(held)  # type: ignore[arg-type]
            return np.asarray(expit(log_odds))

        return scores

    def rule(fit: Matrix, label: Labels, held: Matrix) -> Floats:
        design = one_hot(contract, fit)
        tree = DecisionTreeClassifier(max_depth=1, random_state=params.seed).fit(design.transform(fit), label)
        return np.asarray(tree.predict_proba(design.transform(held))[:, 1])

    return {
        "nobody": lambda _, __, held: np.zeros(len(held)),
        "everybody": lambda _, __, held: np.ones(len(held)),
        "one rule": rule,
        "logistic": learner("logistic"),
        "boosting": learner("boosting"),
    }
