"""How protected groups are treated: who is contacted, who is reached, whose probabilities come true."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from churn.decision import Decision
from churn.evaluate.slices import Judged, mean_influence, parts, standard_error
from churn.params import Evaluate

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
FIGURES = ("left", "contacted", "reached", "bothered", "observed_minus_predicted")


def fairness(frame: pd.DataFrame, judged: Judged, decision: Decision, policy: Evaluate) -> pd.DataFrame:
    """Figures of each group of each protected column in `frame`, and how far each is from those of all other customers.

    left: rate of churn. contacted: share that is contacted (demographic parity asks for equal ones). reached: share of
    churners that is contacted, and bothered: share of stayers (equal opportunity and equalised odds: Hardt, Price and
    Srebro, 2016). observed_minus_predicted: calibration within the group. `..._gap` is the group less the others.
    Intervals are normal, from the influence of each customer. Groups that are small or of one class are left out.
    """
    rows = []
    for column in map(str, frame.columns):
        groups = {part: mask for _, part, mask in parts(frame[[column]]) if _judgeable(judged, mask, policy)}
        if len(groups) > 1:
            rows += _column(column, groups, judged, decision, policy.level)
    return pd.DataFrame(rows)


def _judgeable(judged: Judged, mask: Booleans, policy: Evaluate) -> bool:
    return bool(mask.sum() >= policy.slice_rows and 0 < judged.label[mask].sum() < mask.sum())


def _column(column: str, groups: dict[str, Booleans], judged: Judged, decision: Decision, level: float) -> list[dict[str, Any]]:
    names = np.full(len(judged.label), None, dtype=object)
    for part, mask in groups.items():
        names[mask] = part
    known = np.array([name is not None for name in names])
    values = _by_group(judged.where(known), names[known], decision).to_dict(orient="index")
    rows = []
    for part in groups:
        row: dict[str, Any] = {"column": column, "group": part, "rows": int((names == part).sum())}
        for figure in FIGURES:
            inside, outside = (_part(judged, mask, figure, decision) for mask in (names == part, known & (names != part)))
            row |= _interval(figure, float(values[part][figure]), inside[1], judged, level)
            row |= _interval(f"{figure}_gap", inside[0] - outside[0], inside[1] - outside[1], judged, level)
        rows.append(row)
    return rows


def _by_group(judged: Judged, names: npt.NDArray[np.object_], decision: Decision) -> pd.DataFrame:
    from fairlearn.metrics import (  # noqa: PLC0415 - seconds, only where a column is protected
        MetricFrame,
        false_positive_rate,
        mean_prediction,
        selection_rate,
        true_positive_rate,
    )

    frame = MetricFrame(
        metrics={
            "left": lambda label, _: float(np.mean(label)),
            "contacted": selection_rate,
            "reached": true_positive_rate,
            "bothered": false_positive_rate,
        },
        y_true=judged.label,
        y_pred=decision.contact(judged.probability).astype(int),
        sensitive_features=pd.Series(names, name="group"),
    )
    predicted = MetricFrame(
        metrics=mean_prediction,
        y_true=judged.label,
        y_pred=judged.probability,
        sensitive_features=pd.Series(names, name="group"),
    )
    found: pd.DataFrame = frame.by_group
    return found.assign(observed_minus_predicted=found["left"] - predicted.by_group)


def _part(judged: Judged, mask: Booleans, figure: str, decision: Decision) -> tuple[float, Floats]:
    """A figure over some rows, and (n,) how far each of all rows moves it."""
    contacted = decision.contact(judged.probability)
    within = {"reached": judged.label == 1, "bothered": judged.label == 0}.get(figure, np.ones(len(mask), dtype=bool))
    values = {"left": judged.label, "observed_minus_predicted": judged.label - judged.probability}.get(figure, contacted)
    influence = np.zeros(len(mask))
    value, influence[mask & within] = mean_influence(values[mask & within])
    return value, influence


def _interval(name: str, value: float, influence: Floats, judged: Judged, level: float) -> dict[str, float]:
    half = float(norm.ppf((1 + level) / 2)) * standard_error(influence, judged.group)
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
