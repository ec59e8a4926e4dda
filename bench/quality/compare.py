"""All learners on one table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.quality import figures, folds, weigh
from bench.quality.ours import MODEL
from bench.quality.runs import run_ours, run_peers
from bench.quality.tables import Table
from churn.decision import Decision
from churn.evaluate.interval import resamples
from churn.params import Params

AUC_DRAWS = 100


def compare(table: Table, folder: Path, params: Params, path: Path, count: int, peers: Sequence[str]) -> dict[str, Any]:
    """Fit every learner on identical folds, and judge them; `path` is the file that holds `params`."""
    label, group, seed = table.rows.label, table.rows.group, params.train.seed
    fold = folds.numbered(table, count, seed)
    question = folds.write(folder, table, fold)
    own = run_ours(folder, path)
    model = next(run for run in own if run.name == MODEL)
    runs = [*own, *run_peers(folder, peers, question, model.cpu_seconds)]
    decision, level = Decision.of(params.problem), params.evaluate.level
    found = {
        "nobody": figures.constant(False, label, fold, decision),
        "everybody": figures.constant(True, label, fold, decision),
        **{run.name: figures.alone(run, label, fold, decision, seed) for run in runs},
    }
    contacted = {"nobody": np.zeros(len(label), dtype=bool), "everybody": np.ones(len(label), dtype=bool)}
    contacted |= {run.name: decision.contact(run.probability) for run in runs}
    worth = {name: figures.worth(label, chosen, decision) for name, chosen in contacted.items()}
    for name, gap in figures.differences(label, group, worth, MODEL, level, seed).items():
        found[name]["profit_less_model"] = gap
    draws = resamples(label, AUC_DRAWS, seed, group)
    for run in runs:
        found[run.name]["auc_less_model"] = figures.gap_of_auc(run, model, label, draws, level)
    size = {"rows": len(label), "columns": len(table.contract.columns), "rate": float(label.mean()), "folds": count}
    return {"table": size, "learners": found, "model": weigh.weigh(table, params)}
