"""Curves as small tables: for DVC, MLflow and the report."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import precision_recall_curve, roc_curve

from churn.decision import Decision
from churn.evaluate.calibration import calibration_curve
from churn.evaluate.interval import Groups, resamples
from churn.params import Evaluate

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
TENTHS = np.linspace(0, 1, 11)
POINTS = 200


def curves(
    label: Labels, probability: Floats, group: Groups, decision: Decision, policy: Evaluate, seed: int
) -> dict[str, pd.DataFrame]:
    """ROC, precision-recall, calibration, gain, lift by tenth and profit by share contacted.

    Observed rates, gain, lift and profit have intervals, `..._low` and `..._high`.
    """
    false_rate, true_rate, _ = roc_curve(label, probability)
    precision, recall, _ = precision_recall_curve(label, probability)
    draws = [(label[rows], probability[rows]) for rows in resamples(label, policy.bootstrap, seed, group)]
    found = {
        "roc": _thin(pd.DataFrame({"false_positive_rate": false_rate, "true_positive_rate": true_rate})),
        "precision_recall": _thin(pd.DataFrame({"recall": recall, "precision": precision})),
        "calibration": pd.DataFrame(calibration_curve(label, probability, policy.level)),
    }
    tenth = pd.Series(np.arange(1, 11), name="tenth")
    contacted = pd.Series(TENTHS, name="contacted")
    return found | {
        "gain": _banded(contacted, "churners_reached", _gain(label, probability), [_gain(*d) for d in draws], policy.level),
        "lift": _banded(tenth, "lift", _lift(label, probability), [_lift(*d) for d in draws], policy.level),
        "profit": _banded(contacted, "profit_per_1000", _profit(label, probability, decision),
                          [_profit(*d, decision) for d in draws], policy.level),
    }  # fmt: skip


def _gain(label: Labels, probability: Floats) -> Floats:
    """Share of all churners among the most likely 0, 10, ... 100 %; equals are met as they are on average."""
    _, tie = np.unique(probability, return_inverse=True)
    average = np.bincount(tie, label) / np.bincount(tie)
    ordered = average[tie][np.argsort(-probability, kind="stable")]
    reached = np.concatenate([[0], np.cumsum(ordered)])
    return np.asarray(reached[np.round(TENTHS * len(label)).astype(int)] / max(label.sum(), 1))


def _lift(label: Labels, probability: Floats) -> Floats:
    """Rate of churn in each tenth, the most likely first, as a multiple of the rate of all."""
    return np.asarray(np.diff(_gain(label, probability)) / np.diff(np.round(TENTHS * len(label))) * len(label))


def _profit(label: Labels, probability: Floats, decision: Decision) -> Floats:
    """Profit per 1,000 customers when the most likely 0, 10, ... 100 % are contacted."""
    rate, gain = label.mean(), _gain(label, probability)
    stayers = TENTHS - rate * gain
    return np.asarray(1000 * (decision.churner_gain * rate * gain - decision.stayer_loss * stayers))


def _banded(along: "pd.Series[float]", name: str, value: Floats, draws: list[Floats], level: float) -> pd.DataFrame:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame({along.name: along, name: value, f"{name}_low": low, f"{name}_high": high})


def _thin(curve: pd.DataFrame) -> pd.DataFrame:
    """At most `POINTS` rows: a plot needs no more."""
    return curve.iloc[np.unique(np.linspace(0, len(curve) - 1, POINTS).astype(int))].reset_index(drop=True)
