"""Fit other libraries' learners on given folds. Runs with the interpreter of .venv-peers and knows nothing of churn.

`python peers.py FOLDER OUT NAME SECONDS` reads matrix, label, group, fold and category of FOLDER/folds.npz, and writes
out-of-fold probabilities, seconds and peak memory to another npz file. SECONDS bounds each fit of a learner that takes
as long as it is given.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

SEED = 7
MOST_ROUNDS = 3000
PATIENCE = 100  # rounds without a better loss

Arrays = dict[str, Any]
Fitted = Callable[[Any], Any]  # rows to probabilities


def main(folder: Path, target: Path, name: str, limit: float) -> None:
    """Out-of-fold probabilities of one learner."""
    given: Arrays = dict(np.load(folder / "folds.npz"))
    learner = partial(autogluon, limit) if name == "autogluon" else LEARNERS[name]
    probability, seconds, cpu = np.empty(len(given["label"])), [], []
    for held in range(int(given["fold"].max()) + 1):
        inside = given["fold"] != held
        start, begun = time.perf_counter(), sum(os.times()[:4])
        fitted = learner(given["matrix"][inside], given["label"][inside], given["group"][inside], given["category"])
        seconds.append(time.perf_counter() - start)
        cpu.append(sum(os.times()[:4]) - begun)
        probability[~inside] = fitted(given["matrix"][~inside])
    peak = 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    np.savez(target, probability=probability, seconds=seconds, cpu_seconds=cpu, peak_bytes=peak)


def lightgbm(matrix: Any, label: Any, group: Any, category: Any) -> Fitted:
    """Slow, small trees on native categories; rounds from early stopping, refitted on all rows."""
    import lightgbm  # noqa: PLC0415 - each learner runs in a process of its own

    columns = np.flatnonzero(category).tolist()
    knobs = {"objective": "binary", "learning_rate": 0.03, "num_leaves": 15, "min_data_in_leaf": 20, "lambda_l2": 1.0,
             "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1,
             "num_threads": 1, "seed": SEED, "verbosity": -1}  # fmt: skip

    def data(rows: Any) -> Any:
        return lightgbm.Dataset(_coded(matrix[rows], category), label[rows], categorical_feature=columns)

    fit, judge = _inner(label, group)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    rounds = lightgbm.train(knobs, data(fit), MOST_ROUNDS, valid_sets=[data(judge)], callbacks=[stop]).best_iteration
    whole = lightgbm.train(knobs, data(np.arange(len(label))), max(rounds, 1))
    return lambda rows: whole.predict(_coded(rows, category))


def catboost(matrix: Any, label: Any, group: Any, category: Any) -> Fitted:
    """Ordered boosting on native categories; rounds from early stopping, refitted on all rows."""
    from catboost import CatBoostClassifier, Pool  # noqa: PLC0415

    columns = np.flatnonzero(category).tolist()
    knobs = {"learning_rate": 0.03, "depth": 6, "random_seed": SEED, "thread_count": 1, "verbose": False,
             "allow_writing_files": False}  # fmt: skip

    def data(rows: Any, known: Any = None) -> Any:
        return Pool(_mixed(rows, category), known, cat_features=columns)

    fit, judge = _inner(label, group)
    first = CatBoostClassifier(iterations=MOST_ROUNDS, early_stopping_rounds=PATIENCE, **knobs)
    first.fit(data(matrix[fit], label[fit]), eval_set=data(matrix[judge], label[judge]))
    whole = CatBoostClassifier(iterations=first.get_best_iteration() + 1, **knobs).fit(data(matrix, label))
    return lambda rows: whole.predict_proba(data(rows))[:, 1]


def ebm(matrix: Any, label: Any, group: Any, category: Any) -> Fitted:  # noqa: ARG001 - it bags rows, not customers
    """The library's additive model with ten pairs and its own bagging."""
    from interpret.glassbox import ExplainableBoostingClassifier  # noqa: PLC0415

    kinds = ["nominal" if one else "continuous" for one in category]
    model = ExplainableBoostingClassifier(feature_types=kinds, interactions=10, outer_bags=8, n_jobs=1, random_state=SEED)
    model.fit(_mixed(matrix, category), label)
    return lambda rows: model.predict_proba(_mixed(rows, category))[:, 1]


def autogluon(limit: float, matrix: Any, label: Any, group: Any, category: Any) -> Fitted:  # noqa: ARG001 - it bags rows
    """Whatever its preset `good_quality` makes of the time, on one core."""
    from autogluon.tabular import TabularPredictor  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as path:
        model = TabularPredictor("label", problem_type="binary", eval_metric="roc_auc", path=path, verbosity=0)
        rows = _mixed(matrix, category).assign(label=label)
        model.fit(rows, presets="good_quality", time_limit=limit, num_cpus=1, num_gpus=0)
        model.persist()
    return lambda asked: model.predict_proba(_mixed(asked, category))[1].to_numpy()


LEARNERS = {"lightgbm": lightgbm, "catboost": catboost, "ebm": ebm}


def _inner(label: Any, group: Any) -> Any:
    """Row positions to fit on and a fifth to stop by; rows of one group stay together."""
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=SEED)
    return next(splitter.split(label, label, group))


def _coded(matrix: Any, category: Any) -> Any:
    """Codes of categories with -1 for missing, which LightGBM reads as missing."""
    return np.where(np.isnan(matrix) & category, -1, matrix)


def _mixed(matrix: Any, category: Any) -> Any:
    """A data frame of numbers, and of text for categories."""
    import pandas as pd  # noqa: PLC0415

    columns = {f"c{i}": _text(matrix[:, i]) if one else matrix[:, i] for i, one in enumerate(category)}
    return pd.DataFrame(columns)


def _text(codes: Any) -> list[str]:
    return ["missing" if np.isnan(code) else str(int(code)) for code in codes]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
