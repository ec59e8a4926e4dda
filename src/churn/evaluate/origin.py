"""The parts of the evaluation report that speak of what the model was made of."""

from collections.abc import Sequence
from math import log
from typing import Any

import pandas as pd

from churn.page import escape, section, table

NAMES = {"auc": ("AUC", ".4f"), "log_loss": ("log loss", ".4f"), "profit_per_1000": ("profit per 1,000", ",.0f")}


def of_contest(found: dict[str, Any]) -> str:
    """What competed, and why the held-out figures are the honest ones."""
    rows = ([name, f"{one['auc']:.4f}", f"{one['log_loss']:.4f}"] for name, one in found["tried"].items())
    left_out = [f"{learner} took no part: {reason}." for learner, reason in found.get("failed", {}).items()]
    test = found["test"]
    words = (
        f"{found['chosen']} was chosen on these folds, so its cross-validated AUC of {found['cv']['auc']:.4f} is that of a "
        f"winner and a little too good. The customers behind all other figures of this page took no part in the choice: "
        f"their AUC is {test['auc']['value']:.4f} [{test['auc']['low']:.4f}, {test['auc']['high']:.4f}]."
    )
    words = " ".join([words, *left_out])
    return section("What competed", table(["candidate", "AUC, cross-validated", "log loss"], rows), f"<p>{escape(words)}</p>")


def together(pairs: Sequence[tuple[str, str]]) -> str:
    """The columns that decide together; nothing where each tells its own story."""
    if not pairs:
        return ""
    words = (
        "What one of them means depends on the other: the learners were shown where both hold or neither does. Of the "
        "reasons for a score, the two columns of a pair have half each."
    )
    return f"<h3>Columns that decide together</h3><p>{words}</p>" + table(["where", "depends on"], map(list, pairs))


def in_words(curve: pd.DataFrame) -> str:
    """What the last step of the learning curve brought."""
    if len(curve) < 2:
        return "No learning curve: evaluate.learning_curve is empty, or its parts have too few rows of a class."
    before, last = curve.iloc[-2], curve.iloc[-1]
    brought = ", ".join(f"{_to_come(before.to_dict(), name)} in {words}" for name, (words, _) in NAMES.items())
    return (
        f"Going from {before['rows']:,.0f} rows to {last['rows']:,.0f} brought {brought}. Where these intervals hold 0, "
        "more rows of this kind promise little, and new columns more."
    )


def sample_in_words(found: dict[str, Any], curve: pd.DataFrame) -> list[str]:
    """Of how many customers the model is, where not of all, and what the others might bring."""
    sample = found.get("sample")
    if not sample:
        return []
    words = (
        f"The model is made of a sample: {found['customers']:.3g} of the customers, by a hash of who they are "
        f"(split.customers in params.yaml). It has {sample['drawn']:,} of the {sample['read']:,} rows."
    )
    if len(curve) < 2:
        return [words]
    before, last = curve.iloc[-2], curve.iloc[-1]
    steps = log(sample["read"] / sample["drawn"]) / log(last["rows"] / before["rows"])
    all_of_them = (before * steps).to_dict()
    most = ", ".join(f"{_to_come(all_of_them, name)} in {words}" for name, (words, _) in NAMES.items())
    told = (
        f"{words} All of them are as many as {steps:.1f} more steps like the last of the learning curve. Steps mostly bring "
        f"less and less; if each brought as much as the last, the sample would cost {most}."
    )
    return [told]


def later_in_words(found: dict[str, Any]) -> list[str]:
    """How a model does on the snapshot after those it learned from; nothing where there is one snapshot."""
    later = found["out_of_time"]
    if not later:
        return []
    figures = ", ".join(f"{words} {_interval(later[name], form)}" for name, (words, form) in NAMES.items())
    fresh = ", ".join(f"{_interval(later[f'{name}_to_come'], form)} in {words}" for name, (words, form) in NAMES.items())
    how = (
        f"Out of time: learned from {later['learned']:,} rows of earlier snapshots and judged on {later['rows']:,} rows of the "
        f"newest, whose customers it does not know: {figures}."
    )
    return [how, f"Learning from the newest snapshot of other customers too, as the model did, brings {fresh}."]


def _to_come(row: dict[Any, Any], name: str) -> str:
    ends = {"value": row[f"{name}_to_come"], "low": row[f"{name}_to_come_low"], "high": row[f"{name}_to_come_high"]}
    return _interval(ends, NAMES[name][1], sign="+")


def _interval(found: dict[str, float], form: str, sign: str = "") -> str:
    return f"{found['value']:{sign}{form}} [{found['low']:{form}}, {found['high']:{form}}]"
