"""Make the explainer of a fitted model."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.explain.additive import Additive, Floats, parts
from churn.explain.explainer import Explainer
from churn.explain.forest import Forest
from churn.features import Design
from churn.model import Member, Model


@dataclass
class Condition:
    """What a path through a tree demands of one feature."""

    share: float = 1.0
    low: float = -np.inf
    high: float = np.inf
    missing: bool = True
    barred: set[int] = field(default_factory=set)
    only: int | None = None


Path = dict[int, Condition]


def build(model: Model, contract: Contract, matrix: Matrix) -> Explainer:
    """Explain `model`; what is usual is taken from `matrix`, encoded rows (n, features)."""
    base, additive, forests = model.bias, [], []
    for member, weight in zip(model.members.values(), model.weights.tolist(), strict=True):
        if isinstance(member.estimator, LogisticRegression):
            part = _additive(member.design, weight * member.estimator.coef_[0], matrix)
            base += weight * float(member.estimator.intercept_[0]) + part.base
            additive.append(part)
        else:
            forest = _forest(member, weight, contract)
            base += weight * float(member.estimator._baseline_prediction[0, 0]) + forest.base  # noqa: SLF001
            forests.append(forest)
    return Explainer(base, tuple(additive), tuple(forests))


def _additive(design: Design, coef: Floats, matrix: Matrix) -> Additive:
    return Additive(design, coef, parts(design, coef, matrix).mean(axis=0))


def _forest(member: Member, weight: float, contract: Contract) -> Forest:
    leaves: list[tuple[float, Path]] = []
    for stage in member.estimator._predictors:  # noqa: SLF001 - no public access to the fitted trees exists
        _walk(stage[0].nodes, 0, {}, member.design, leaves)
    depth = max(len(path) for _, path in leaves) or 1
    codes = max((len(column.levels) for column in contract.columns), default=0) + 2
    columns = len(contract.columns)
    slots = [[*path.items(), *[(columns, Condition())] * (depth - len(path))] for _, path in leaves]
    return Forest(
        value=weight * np.array([value for value, _ in leaves]),
        feature=np.array([[position for position, _ in row] for row in slots], dtype=np.int64),
        share=_each(slots, "share"),
        low=_each(slots, "low"),
        high=_each(slots, "high"),
        missing=_each(slots, "missing"),
        codes=np.array([[_allowed(condition, codes) for _, condition in row] for row in slots]),
        category=np.array([[p < columns and contract.columns[p].kind == "category" for p, _ in row] for row in slots]),
    )


def _walk(nodes: Any, at: int, path: Path, design: Design, leaves: list[tuple[float, Path]]) -> None:
    node = nodes[at]
    if node["is_leaf"]:
        leaves.append((float(node["value"]), path))
        return
    for left in (True, False):
        child = int(node["left"] if left else node["right"])
        share = float(nodes[child]["count"]) / float(node["count"])
        _walk(nodes, child, _narrowed(path, node, left, share, design), design, leaves)


def _narrowed(path: Path, node: Any, left: bool, share: float, design: Design) -> Path:
    """The path with one more split on it; splits on one feature are one condition."""
    column, threshold = int(node["feature_idx"]), float(node["num_threshold"])
    is_number = column < len(design.value)
    feature = design.value[column] if is_number else design.equals[column - len(design.value)]
    known = path.get(feature, Condition())
    now = Condition(known.share * share, known.low, known.high, known.missing, set(known.barred), known.only)
    if is_number:
        now.low, now.high = (now.low, min(now.high, threshold)) if left else (max(now.low, threshold), now.high)
        now.missing &= bool(node["missing_go_to_left"]) == left
    elif left:
        now.barred.add(int(design.codes[column - len(design.value)]))
    else:
        now.only = int(design.codes[column - len(design.value)])
    return path | {feature: now}


def _allowed(condition: Condition, codes: int) -> npt.NDArray[np.bool_]:
    """Which codes of a category meet a condition; the last place is 'missing', which equals no level."""
    allowed = np.ones(codes, dtype=bool) if condition.only is None else np.arange(codes) == condition.only
    allowed[list(condition.barred)] = False
    return allowed


def _each(slots: list[list[tuple[int, Condition]]], name: str) -> npt.NDArray[Any]:
    return np.array([[getattr(condition, name) for _, condition in row] for row in slots])
