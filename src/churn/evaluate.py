"""Figures of a model with intervals, by slice, and as curves. No row here has been seen in training."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from churn.decision import Decision
from churn.params import Evaluate

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Interval = dict[str, float]


def figures(label: Labels, probability: Floats, decision: Decision) -> dict[str, float]:
    """The figures that matter; profit in currency units per 1,000 customers."""
    return {
        "auc": float(roc_auc_score(label, probability)),
        "pr_auc": float(average_precision_score(label, probability)),
        "log_loss": float(log_loss(label, probability)),
        "brier": float(brier_score_loss(label, probability)),
        "calibration_error": calibration_error(label, probability),
        "profit_per_1000": decision.profit_per_1000(label, decision.contact(probability)),
    }


def calibration_error(label: Labels, probability: Floats, bins: int = 15) -> float:
    """Mean distance of predicted and observed rate over equal-mass bins, weighted by rows (Nixon et al., 2019)."""
    parts = [(probability[i].mean(), label[i].mean(), len(i)) for i in _equal_mass(probability, bins)]
    return float(sum(abs(predicted - seen) * rows for predicted, seen, rows in parts) / len(label))


def calibration_noise(probability: Floats, draws: int, seed: int) -> float:
    """The calibration error that a perfectly calibrated model stays below in 95 of 100 samples of this size."""
    random = np.random.default_rng(seed)
    outcomes = random.random((draws, len(probability))) < probability
    return float(np.quantile([calibration_error(label.astype(np.int64), probability) for label in outcomes], 0.95))


def intervals(label: Labels, probability: Floats, decision: Decision, policy: Evaluate, seed: int) -> dict[str, Interval]:
    """Each figure with its percentile bootstrap interval."""
    return _bootstrap(label, lambda rows: figures(label[rows], probability[rows], decision), policy, seed)


def paired(label: Labels, one: Floats, other: Floats, decision: Decision, policy: Evaluate, seed: int) -> dict[str, Interval]:
    """Difference `one` minus `other` of each figure, with an interval from resampling both on the same rows."""
    return _bootstrap(label, lambda rows: _difference(label[rows], one[rows], other[rows], decision), policy, seed)


def resamples(label: Labels, count: int, seed: int) -> list[npt.NDArray[np.int64]]:
    """Row positions of `count` bootstrap draws; a draw that lacks a class, for which no AUC exists, is drawn again."""
    random = np.random.default_rng(seed)
    draws: list[npt.NDArray[np.int64]] = []
    while len(draws) < count:
        rows = random.integers(0, len(label), len(label))
        if 0 < label[rows].sum() < len(rows):
            draws.append(rows)
    return draws


def slices(frame: pd.DataFrame, label: Labels, probability: Floats, decision: Decision, smallest: int) -> pd.DataFrame:
    """Figures for each level of each text column that has enough rows and both classes."""
    rows: list[dict[str, Any]] = []
    for column in frame.select_dtypes(object):
        for level in sorted(frame[column].dropna().unique()):
            mask = (frame[column] == level).to_numpy()
            if mask.sum() >= smallest and 0 < label[mask].sum() < mask.sum():
                known = {"column": column, "level": level, "rows": int(mask.sum()), "rate": float(label[mask].mean())}
                rows.append(known | figures(label[mask], probability[mask], decision))
    return pd.DataFrame(rows)


def curves(label: Labels, probability: Floats) -> dict[str, pd.DataFrame]:
    """ROC, precision-recall, calibration and gain as small tables to plot."""
    false_rate, true_rate, _ = roc_curve(label, probability)
    precision, recall, _ = precision_recall_curve(label, probability)
    return {
        "roc": _thin(pd.DataFrame({"false_positive_rate": false_rate, "true_positive_rate": true_rate})),
        "precision_recall": _thin(pd.DataFrame({"recall": recall, "precision": precision})),
        "calibration": pd.DataFrame(
            [{"predicted": probability[i].mean(), "observed": label[i].mean()} for i in _equal_mass(probability, 15)]
        ),
        "gain": _gain(label, probability),
    }


def _bootstrap(
    label: Labels, figures_of: Callable[[npt.NDArray[np.int64]], dict[str, float]], policy: Evaluate, seed: int
) -> dict[str, Interval]:
    value = figures_of(np.arange(len(label)))
    draws = pd.DataFrame([figures_of(rows) for rows in resamples(label, policy.bootstrap, seed)])
    tail = (1 - policy.level) / 2
    low, high = draws.quantile(tail), draws.quantile(1 - tail)
    return {name: {"value": value[name], "low": float(low[name]), "high": float(high[name])} for name in value}


def _difference(label: Labels, one: Floats, other: Floats, decision: Decision) -> dict[str, float]:
    first, second = figures(label, one, decision), figures(label, other, decision)
    return {name: first[name] - second[name] for name in first}


def _equal_mass(probability: Floats, bins: int) -> list[npt.NDArray[np.int64]]:
    return [part for part in np.array_split(np.argsort(probability, kind="stable"), bins) if len(part)]


def _gain(label: Labels, probability: Floats) -> pd.DataFrame:
    ordered = label[np.argsort(-probability, kind="stable")]
    shares = np.linspace(0, 1, 11)
    found = [ordered[: round(share * len(ordered))].sum() / max(ordered.sum(), 1) for share in shares]
    return pd.DataFrame({"contacted": shares, "churners_reached": found})


def _thin(curve: pd.DataFrame, points: int = 200) -> pd.DataFrame:
    """At most `points` rows: a plot needs no more."""
    return curve.iloc[np.unique(np.linspace(0, len(curve) - 1, points).astype(int))].reset_index(drop=True)
