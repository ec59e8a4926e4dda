"""The parts of the card that hold figures: (sentences, head of the table, rows)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from churn.evaluate.fairness import FIGURES
from churn.evaluate.slices import Judged
from churn.evaluate.slices import slices as by_part
from churn.evidence.facts import Facts

NAMES = {"auc": "AUC", "pr_auc": "PR-AUC", "log_loss": "log loss", "brier": "Brier score",
         "calibration_error": "calibration error", "top_decile_lift": "lift of the top tenth",
         "profit_per_1000": "profit per 1,000 customers", "empc": "expected maximum profit per customer"}  # fmt: skip
GROUPS = {"left": "left", "contacted": "contacted", "reached": "churners reached", "bothered": "stayers contacted",
          "observed_minus_predicted": "observed less predicted"}  # fmt: skip
RANKED = ("auc", "observed_minus_predicted")
WORST = 10
Shown = tuple[Sequence[str], Sequence[str], Sequence[Sequence[str]]]


def figures(facts: Facts) -> Shown:
    """Every figure on the held-out rows with its interval."""
    metrics = facts.bundle.metrics
    found = {name: one for name, one in metrics.get("test", {}).items() if name in NAMES}
    rows = [[NAMES[name], *(_number(one[end]) for end in ("value", "low", "high"))] for name, one in found.items()]
    words = [f"Intervals of {facts.policy.level:.0%} over customers that no model learned from."]
    later = metrics.get("out_of_time")
    if later:
        auc = later["auc"]
        told = f"{auc['value']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}]"
        words.append(f"Learned from earlier snapshots alone, the AUC on the newest is {told}.")
    return words, ["figure", "value", "low", "high"], rows


def gate(gated: dict[str, Any] | None) -> Shown:
    """Each criterion with figure, interval and limit."""
    if gated is None:
        return ["The gate has not been asked about this version."], [], []
    rows = [
        [one["name"], _number(one["figure"]), _interval(one.get("low"), one.get("high")), one["limit"],
         "yes" if one["holds"] else "!no"]
        for one in gated["criteria"]
    ]  # fmt: skip
    reason = str(gated["reason"])
    return [f"{reason[:1].upper()}{reason[1:]}."], ["criterion", "figure", "interval", "limit", "holds"], rows


def slices(facts: Facts) -> Shown:
    """The parts in which it ranks worst."""
    reference = facts.bundle.reference()
    judged = Judged(reference.label, reference.probability, reference.customer)
    typed = {
        column.name: pd.Series([row[column.name] for row in reference.rows], dtype=None if column.kind == "category" else float)
        for column in facts.bundle.contract.columns
    }
    found = by_part(pd.DataFrame(typed), judged, facts.bundle.decision, facts.policy)
    if found.empty:
        return ["No part has enough rows of both kinds."], [], []
    worst = found.sort_values("auc", kind="stable").head(WORST).to_dict(orient="records")
    rows = [
        [f"{one['column']}: {one['part']}", f"{one['rows']:,}", f"{one['rate']:.1%}", *(_of(one, name) for name in RANKED)]
        for one in worst
    ]
    words = [f"The {len(rows)} of {len(found)} parts in which it ranks worst, on the reference rows of the bundle."]
    return words, ["part", "rows", "left", "AUC", "observed less predicted"], rows


def fairness(facts: Facts) -> Shown:
    """How each protected group fares, and how far that is from all others."""
    rows = [
        [f"{column}: {name}", *(f"{group[one]:.1%} ({group[f'{one}_gap']:+.1%})" for one in FIGURES)]
        for column, groups in facts.bundle.metrics.get("fairness", {}).items()
        for name, group in groups.items()
    ]
    if not rows:
        return ["No column is protected (`data.protected` in params.yaml)."], [], []
    return (
        ["Each figure of a group, and in brackets how far it is from that of all others."],
        [
            "group",
            *(GROUPS[one] for one in FIGURES),
        ],
        rows,
    )


def _of(row: Mapping[Any, Any], name: str) -> str:
    return f"{row[name]:.3f} [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]"


def _number(value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"[{_number(low)}, {_number(high)}]"
