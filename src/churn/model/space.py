"""Where tuning looks for the knobs of each learner."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from churn.params import Learner, Section, Train

if TYPE_CHECKING:
    from optuna import Trial

Knobs = dict[str, Any]


def suggest(learner: Learner, trial: "Trial") -> Knobs:
    """The knobs that a try changes."""
    return SPACES[learner](trial)


def replaced(params: Train, learner: Learner, knobs: Knobs) -> Train:
    """The parameters with other knobs for one learner."""
    section: Section = getattr(params, learner)
    return params.model_copy(update={learner: section.model_copy(update=knobs)})


def _logistic(trial: "Trial") -> Knobs:
    return {"c": trial.suggest_float("c", 1e-3, 10.0, log=True), "knots": trial.suggest_int("knots", 0, 10)}


def _shallow(trial: "Trial") -> Knobs:
    return {"leaves": trial.suggest_int("leaves", 3, 16, log=True)} | _boosting(trial)


def _deep(trial: "Trial") -> Knobs:
    return {"leaves": trial.suggest_int("leaves", 12, 64, log=True)} | _boosting(trial)


def _boosting(trial: "Trial") -> Knobs:
    return {
        "min_leaf_rows": trial.suggest_int("min_leaf_rows", 5, 100, log=True),
        "l2": trial.suggest_float("l2", 0.1, 100.0, log=True),
        "columns": trial.suggest_float("columns", 0.2, 1.0),
    }


def _lightgbm(trial: "Trial") -> Knobs:
    return {"rounds": trial.suggest_int("rounds", 50, 600, log=True)} | _deep(trial)


def _extra_trees(trial: "Trial") -> Knobs:
    return {
        "min_leaf_rows": trial.suggest_int("min_leaf_rows", 2, 60, log=True),
        "columns": trial.suggest_float("columns", 0.2, 1.0),
    }


SPACES: dict[Learner, Callable[["Trial"], Knobs]] = {
    "logistic": _logistic,
    "boosting": _shallow,
    "encoded_boosting": _shallow,
    "deep_boosting": _deep,
    "extra_trees": _extra_trees,
    "lightgbm": _lightgbm,
}
CALM = {"leaves": 4, "min_leaf_rows": 50, "l2": 10.0, "columns": 0.3}  # boosting for tables that tell little
STARTS: dict[Learner, list[Knobs]] = {
    "logistic": [{"c": 0.02, "knots": 5}, {"c": 0.004, "knots": 0}, {"c": 0.7, "knots": 5}],
    "boosting": [CALM],
    "encoded_boosting": [CALM],
    "deep_boosting": [CALM | {"leaves": 16}],
    "lightgbm": [CALM | {"leaves": 12, "rounds": 300}],
    "extra_trees": [{"min_leaf_rows": 40, "columns": 0.5}, {"min_leaf_rows": 3, "columns": 0.8}],
}
