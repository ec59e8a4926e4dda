"""The figures of one learner on one table, out of fold, and how far it is from the model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import log_loss, roc_auc_score

from bench.quality.runs import Run
from churn.decision import Decision
from churn.evaluate.calibration import calibration_error, calibration_noise
from churn.evaluate.figures import figures
from churn.evaluate.interval import resamples

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Found = dict[str, Any]

DRAWS = 300
KEPT = ("pr_auc", "log_loss", "brier", "calibration_error", "profit_per_1000")
MEBI = 2**20


def alone(run: Run, label: Labels, fold: Labels, decision: Decision, seed: int) -> Found:
    """Figures of a learner's probabilities (n,); AUC as the mean over folds, and of all rows together."""
    probability = np.clip(run.probability, 1e-6, 1 - 1e-6)
    whole = figures(label, probability, decision)
    folds = [float(roc_auc_score(label[fold == i], probability[fold == i])) for i in range(int(fold.max()) + 1)]
    return {
        "peer": run.peer,
        "auc": float(np.mean(folds)),
        "auc_pooled": whole["auc"],
        **{name: whole[name] for name in KEPT},
        "calibration_noise": calibration_noise(probability, DRAWS, seed),
        "seconds": run.seconds,
        "cpu_seconds": run.cpu_seconds,
        "peak_mib": run.peak_bytes / MEBI,
        "notes": run.notes,
    }


def constant(contacted: bool, label: Labels, fold: Labels, decision: Decision) -> Found:
    """Contact nobody or everybody, knowing the base rate of the other folds and nothing else."""
    rate = np.array([label[fold != i].mean() for i in range(int(fold.max()) + 1)])[fold]
    profit = decision.profit_per_1000(label, np.full(len(label), contacted))
    return {
        "peer": False,
        "auc": 0.5,
        "log_loss": float(log_loss(label, rate)),
        "calibration_error": calibration_error(label, rate),
        "profit_per_1000": profit,
    }


def differences(
    label: Labels, group: npt.NDArray[np.integer], worth: dict[str, Floats], model: str, level: float, seed: int
) -> dict[str, dict[str, float]]:
    """Profit per 1,000 customers of each way (n,) less that of `model`, with paired percentile bootstrap intervals."""
    draws = resamples(label, DRAWS, seed, group)
    tail = (1 - level) / 2
    found = {}
    for name, each in worth.items():
        gap = 1000 * (each - worth[model])
        means = [gap[rows].mean() for rows in draws]
        low, high = np.quantile(means, [tail, 1 - tail])
        found[name] = {"value": float(gap.mean()), "low": float(low), "high": float(high)}
    return found


def worth(label: Labels, contacted: npt.NDArray[np.bool_], decision: Decision) -> Floats:
    """What each customer (n,) brings or costs, in currency units."""
    return np.where(label == 1, decision.churner_gain, -decision.stayer_loss) * contacted


def gap_of_auc(run: Run, other: Run, label: Labels, draws: Sequence[npt.NDArray[np.int64]], level: float) -> dict[str, float]:
    """Pooled AUC of `run` less that of `other`, with its paired percentile bootstrap interval over `draws`."""

    def gap(rows: Any) -> float:
        return float(roc_auc_score(label[rows], run.probability[rows]) - roc_auc_score(label[rows], other.probability[rows]))

    low, high = np.quantile([gap(rows) for rows in draws], [(1 - level) / 2, (1 + level) / 2])
    return {"value": gap(np.arange(len(label))), "low": float(low), "high": float(high)}
