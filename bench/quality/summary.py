"""What the comparison comes to, in a few numbers for each table and over all of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench.quality.ours import MODEL

PLAIN = ("nobody", "everybody", "rule", "few_columns")
AUC_WORST, AUC_MEAN, LOG_LOSS, CALIBRATION, SHARE = 0.003, 0.001, 0.002, 0.02, 0.98
Found = dict[str, Any]


def of_table(learners: Mapping[str, Found]) -> Found:
    """The model of one table against the best of the other learners, the constants aside."""
    model = learners[MODEL]
    others = {name: one for name, one in learners.items() if name != MODEL and "pr_auc" in one}
    best_auc = max(others, key=lambda name: float(others[name]["auc"]))
    best_loss = min(others, key=lambda name: float(others[name]["log_loss"]))
    plain = max((name for name in PLAIN if name in learners), key=lambda name: float(learners[name]["profit_per_1000"]))
    return {
        "best_auc": best_auc,
        "auc_gap": others[best_auc]["auc"] - model["auc"],
        "best_log_loss": best_loss,
        "log_loss_gap": model["log_loss"] - others[best_loss]["log_loss"],
        "calibration_error": model["calibration_error"],
        "calibration_limit": max(CALIBRATION, model["calibration_noise"]),
        "profit_share_of_catboost": _share(model, others.get("catboost")),
        "peers_that_earn_more": [name for name, one in others.items() if one["peer"] and one["profit_less_model"]["low"] > 0],
        "best_plain": plain,
        "plain_less_model": learners[plain]["profit_less_model"],
    }


def overall(tables: Mapping[str, Found]) -> Found:
    """Worst and mean over tables, and whether each figure is within what is wanted."""
    gaps, losses = ([one[name] for one in tables.values()] for name in ("auc_gap", "log_loss_gap"))
    shares = [one["profit_share_of_catboost"] for one in tables.values() if one["profit_share_of_catboost"] is not None]
    over = [name for name, one in tables.items() if one["calibration_error"] > one["calibration_limit"]]
    beaten = {name: one["peers_that_earn_more"] for name, one in tables.items() if one["peers_that_earn_more"]}
    plain = [name for name, one in tables.items() if one["plain_less_model"]["low"] > 0]
    share = {"value": min(shares), "wanted": SHARE, "reached": min(shares) >= SHARE} if shares else None
    return {
        "auc_gap_worst": _judged(max(gaps), AUC_WORST),
        "auc_gap_mean": _judged(float(np.mean(gaps)), AUC_MEAN),
        "log_loss_gap_worst": _judged(max(losses), LOG_LOSS),
        "tables_out_of_calibration": {"value": over, "reached": not over},
        "profit_share_of_catboost_least": share,
        "peers_that_earn_more": {"value": beaten, "reached": not beaten},
        "tables_where_something_plain_earns_more": {"value": plain, "reached": not plain},
    }


def _judged(value: float, limit: float) -> Found:
    return {"value": value, "wanted": limit, "reached": value <= limit}


def _share(model: Found, peer: Found | None) -> float | None:
    """None where that peer did not run or earns nothing."""
    if peer is None or peer["profit_per_1000"] <= 0:
        return None
    return float(model["profit_per_1000"] / peer["profit_per_1000"])
