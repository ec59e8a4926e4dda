"""What more rows brought so far, and how a model does on the snapshot after those that it learned from."""

from typing import Any

import numpy as np
import pandas as pd

from churn.decision import Decision
from churn.evaluate.figures import auc, losses
from churn.evaluate.interval import Interval, bootstrap
from churn.evaluate.slices import Floats, Judged
from churn.params import Evaluate

FIGURES = ("auc", "log_loss", "profit_per_1000")


def learning_curve(
    refits: pd.DataFrame, judged: Judged, learned: int, decision: Decision, policy: Evaluate, seed: int
) -> pd.DataFrame:
    """Figures on the test rows by the number of rows learned from; the last is the model, with `learned` rows.

    Columns: rows, and for each figure its value, `..._low` and `..._high`, and `..._to_come`: the model's less this one's, on
    the same resamples, with its ends.
    """
    fewer = refits[refits["kind"] == "fewer"].sort_values("row")
    known = {int(str(rows)): part["probability"].to_numpy(dtype=np.float64) for rows, part in fewer.groupby("learned")}
    table = []
    for rows, probability in [*sorted(known.items()), (learned, judged.probability)]:
        row: dict[str, float] = {"rows": rows}
        for name, found in compare(judged, probability, decision, policy, seed).items():
            row |= {name: found["value"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
        table.append(row)
    return pd.DataFrame(table)


def out_of_time(refits: pd.DataFrame, judged: Judged, decision: Decision, policy: Evaluate, seed: int) -> dict[str, Any]:
    """Figures on the newest snapshot if only earlier ones were learned from; empty where there is but one snapshot."""
    old = refits[refits["kind"] == "earlier"].sort_values("row")
    if old.empty:
        return {}
    mask = np.isin(np.arange(len(judged.label)), old["row"].to_numpy(dtype=np.int64))
    part, probability = judged.where(mask), old["probability"].to_numpy(dtype=np.float64)
    counts = {"learned": int(old["learned"].iloc[0]), "rows": int(mask.sum()), "churners": int(part.label.sum())}
    return counts | compare(part, probability, decision, policy, seed)


def compare(judged: Judged, probability: Floats, decision: Decision, policy: Evaluate, seed: int) -> dict[str, Interval]:
    """Figures of `probability` (n,) on judged rows, and `..._to_come`: those of the model less these, with intervals."""

    def figures_of(rows: Any) -> dict[str, float]:
        label = judged.label[rows]
        one, model = (_figures(label, of[rows], decision) for of in (probability, judged.probability))
        return one | {f"{name}_to_come": model[name] - one[name] for name in FIGURES}

    return bootstrap(judged.label, figures_of, policy, seed, judged.group)


def _figures(label: Any, probability: Floats, decision: Decision) -> dict[str, float]:
    profit = decision.profit_per_1000(label, decision.contact(probability))
    return dict(zip(FIGURES, (auc(label, probability), float(losses(label, probability).mean()), profit), strict=True))
