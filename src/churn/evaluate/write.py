"""Write everything that is known of a model to a folder."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.evaluate.calibration import calibration_error, calibration_noise
from churn.evaluate.curves import curves
from churn.evaluate.fairness import fairness
from churn.evaluate.interval import Floats, intervals
from churn.evaluate.slices import Judged, slices
from churn.params import Params


def write(folder: Path, rows: Labelled, probability: Floats, params: Params, contest: dict[str, Any]) -> None:
    """Judge probabilities (n,) of held-out rows.

    metrics.json: a flat list of the figures, for comparing. figures.json: them with intervals, the contest and fairness.
    slices.csv, fairness.csv, and one CSV for each curve.
    """
    folder.mkdir(parents=True, exist_ok=True)
    policy, seed, decision = params.evaluate, params.train.seed, Decision.of(params.problem)
    judged = Judged(rows.label, probability, rows.group)
    test = intervals(rows.label, probability, rows.group, decision, policy, seed)
    noise = calibration_noise(probability, policy.bootstrap, seed)
    fair = fairness(rows.frame[list(params.data.protected)], judged, decision, policy)
    found = {
        "chosen": contest["chosen"],
        "cv": contest["cv"],
        "test": test,
        "tested_on": {"rows": len(rows), "churners": int(rows.label.sum())},
        "calibration": {"observed_error": calibration_error(rows.label, probability), "chance_alone": noise},
        "fairness": _by_group(fair),
    }
    _json(folder / "figures.json", found)
    _json(folder / "metrics.json", {name: round(figure["value"], 6) for name, figure in test.items()})
    slices(rows.frame, judged, decision, policy).to_csv(folder / "slices.csv", index=False)
    fair.to_csv(folder / "fairness.csv", index=False)
    for name, curve in curves(rows.label, probability, rows.group, decision, policy, seed).items():
        curve.to_csv(folder / f"{name}.csv", index=False)


def _by_group(fair: pd.DataFrame) -> dict[str, Any]:
    """Figures of each group below its column."""
    found: dict[str, Any] = {}
    for row in fair.to_dict(orient="records"):
        found.setdefault(str(row.pop("column")), {})[str(row.pop("group"))] = row
    return found


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
