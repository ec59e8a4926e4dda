"""Reason codes: the strongest contributions, in words that somebody on the telephone can use."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from churn.contract import Column, Contract, Derived, Extension, Value
from churn.contract.encode import Matrix
from churn.explain.explainer import Explainer


@dataclass(frozen=True)
class Reason:
    """One feature's part in a score, in log-odds; above 0 it raises the risk."""

    feature: str
    value: Value
    contribution: float
    sentence: str


def reasons(explainer: Explainer, contract: Contract, features: Mapping[str, Value], row: Matrix, most: int) -> list[Reason]:
    """The `most` strongest reasons for the score of one customer; `row` is its encoding, shape (columns,).

    A derived column is a reason of its own, under its own name.
    """
    (wide,) = Extension.of(contract).extend(row[None, :])
    found = explainer.contributions(wide)
    strongest = np.argsort(-np.abs(found), kind="stable")[:most].tolist()
    columns = contract.model_columns
    return [_reason(columns[i], _value(columns[i], features, float(wide[i])), float(found[i])) for i in strongest]


def _value(column: Column, features: Mapping[str, Value], code: float) -> Value:
    """What the request says of a column, or what a derived one comes to."""
    if not isinstance(column, Derived):
        return features.get(column.name)
    if np.isnan(code):
        return None
    if column.kind == "category":
        return column.levels[int(code)] if code < len(column.levels) else "another pair"
    return round(code, 6)


def _reason(column: Column, value: Value, contribution: float) -> Reason:
    effect = "raises" if contribution > 0 else "lowers"
    return Reason(column.name, value, contribution, f"{_fact(column, value)}, which {effect} the risk of leaving.")


def _fact(column: Column, value: Value) -> str:
    name = column.name.replace("_", " ").strip()
    if value is None:
        return f"{name} is not known"
    if column.kind == "boolean":
        return f"{name} is {'yes' if value else 'no'}"
    if column.kind == "category":
        return f"{name} is {value}"
    return f"{name} is {_plain(value)} ({_beside(value, column.example)})"


def _beside(value: Value, usual: Value) -> str:
    """A number beside the usual one, the median of the training rows."""
    if not isinstance(usual, (int, float)) or not isinstance(value, (int, float)):
        return "no usual value is known"
    if value == usual:
        return "as usual"
    return f"{'more' if value > usual else 'less'} than the usual {_plain(usual)}"


def _plain(value: Value) -> str:
    return f"{value:,.6g}" if isinstance(value, (int, float)) else str(value)
