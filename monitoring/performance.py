"""How a model does on customers whose outcome is known."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from churn.evaluate import resamples
from churn.params import Evaluate
from monitoring.figures import Calibration, Interval

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def known(rows: list[dict[str, Any]]) -> tuple[Labels, Floats]:
    """Outcomes (1 where the customer left) and probabilities of the stored predictions whose outcome is known."""
    matured = [row for row in rows if row["churned"] is not None]
    label = np.array([row["churned"] for row in matured], dtype=np.int64)
    return label, np.array([row["probability"] for row in matured], dtype=np.float64)


def live_auc(label: Labels, probability: Floats, policy: Evaluate, seed: int) -> Interval | None:
    """AUC with its percentile bootstrap interval; None while one class is absent."""
    if len(np.unique(label)) < 2:
        return None
    draws = [roc_auc_score(label[rows], probability[rows]) for rows in resamples(label, policy.bootstrap, seed)]
    tail = (1 - policy.level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(float(roc_auc_score(label, probability)), float(low), float(high))


def calibration(label: Labels, probability: Floats) -> Calibration | None:
    """Mean predicted probability beside the observed rate; None without rows."""
    if not len(label):
        return None
    return Calibration(float(probability.mean()), float(label.mean()))
