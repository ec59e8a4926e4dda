"""Measure a model on held-out rows: every figure, table and picture there is."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.evaluate.calibration import calibration_error, calibration_noise
from churn.evaluate.curves import curves
from churn.evaluate.fairness import fairness
from churn.evaluate.importance import Asked, dependence, importance
from churn.evaluate.interval import intervals
from churn.evaluate.learning import learning_curve, out_of_time
from churn.evaluate.slices import Judged, slices
from churn.params import Params

DEPENDENCES = 6  # columns

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class History:
    """Where a model comes from: contest (as the stage `train` writes it), rows learned from, refits (`evaluate.refit`)."""

    contest: dict[str, Any]
    learned: int
    refits: pd.DataFrame


@dataclass(frozen=True)
class Measured:
    """found: figures with intervals, the contest and fairness, as JSON takes them. tables: curves, slices and the rest."""

    found: dict[str, Any]
    tables: Tables

    @property
    def dependences(self) -> Tables:
        """The table of each column whose dependence was asked for, the most important first."""
        return {str(name): part.infer_objects() for name, part in self.tables["dependence"].groupby("column", sort=False)}


def measure(rows: Labelled, asked: Asked, params: Params, history: History) -> Measured:
    """Judge a model on held-out rows; `asked` holds the same rows as the model takes them."""
    decision, judged, contest = Decision.of(params.problem), asked.judged, history.contest
    policy, seed = params.evaluate, params.train.seed
    fair = fairness(rows.frame[list(params.data.protected)], judged, decision, params.evaluate)
    tables = {
        **curves(judged.label, judged.probability, judged.group, decision, policy, seed),
        "learning_curve": learning_curve(history.refits, judged, history.learned, decision, policy, seed),
        "slices": slices(rows.frame, judged, decision, params.evaluate),
        "fairness": fair,
        **_reliance(asked, params),
    }
    count = {"rows": len(rows), "churners": int(rows.label.sum())}
    known: dict[str, Any] = {
        name: contest[name] for name in ("chosen", "cv", "tried", "failed", "export_error", "interactions") if name in contest
    }
    known |= {"learned_from": {"rows": history.learned}, "tested_on": count, "customers": params.split.customers}
    later = {"out_of_time": out_of_time(history.refits, judged, decision, policy, seed)}
    return Measured(known | _figures(judged, decision, params) | later | {"fairness": _by_group(fair)}, tables)


def _figures(judged: Judged, decision: Decision, params: Params) -> dict[str, Any]:
    policy, seed, known = params.evaluate, params.train.seed, (judged.label, judged.probability)
    noise = calibration_noise(judged.probability, policy.bootstrap, seed)
    return {
        "test": intervals(*known, judged.group, decision, policy, seed),
        "calibration": {"observed_error": calibration_error(*known), "chance_alone": noise},
    }


def _reliance(asked: Asked, params: Params) -> Tables:
    """Importance of every column, and dependence on the first few."""
    level, seed = params.evaluate.level, params.train.seed
    drawn = asked.sample(params.evaluate.sample_rows, seed)
    matters = importance(drawn, level, seed)
    moves = [dependence(drawn, name, level) for name in matters["column"].head(DEPENDENCES)]
    return {"importance": matters, "dependence": pd.concat(moves, ignore_index=True)}


def _by_group(fair: pd.DataFrame) -> dict[str, Any]:
    """Figures of each group below its column."""
    found: dict[str, Any] = {}
    for row in fair.to_dict(orient="records"):
        found.setdefault(str(row.pop("column")), {})[str(row.pop("group"))] = row
    return found
