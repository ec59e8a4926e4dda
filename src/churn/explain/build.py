"""Make the explainer of a fitted model."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from churn.contract import Contract, Extension
from churn.contract.encode import Matrix
from churn.explain.additive import Additive, Floats, parts
from churn.explain.explainer import Explainer
from churn.explain.forest import Forest
from churn.explain.paths import Path, Paths, as_flags
from churn.features import Design
from churn.model import Member, Model
from churn.model.forest import trees

TOGETHER = 4096  # leaves, whose conditions a processor keeps at hand

Leaf = tuple[float, Path]
Flags = npt.NDArray[np.bool_]


def build(model: Model, contract: Contract, matrix: Matrix) -> Explainer:
    """Explain `model`; what is usual is taken from `matrix`, encoded rows (n, features)."""
    wide = replace(Extension.of(contract), pairs=model.pairs).extend(matrix)
    category = np.array([column.kind == "category" for column in contract.model_columns] + [False] * (len(model.pairs) + 1))
    codes = max((len(column.levels) for column in contract.model_columns), default=0) + 2
    base, additive, forests = model.bias, [], []
    for member, weight in zip(model.members.values(), model.weights.tolist(), strict=True):
        if isinstance(member.estimator, LogisticRegression):
            part = _additive(member.design, weight * member.estimator.coef_[0], wide)
            base += weight * float(member.estimator.intercept_[0]) + part.base
            additive.append(part)
        else:
            found = list(_forests(member, weight, category, codes))
            base += weight * trees(member.estimator)[1] + sum(forest.base for forest in found)
            forests += found
    return Explainer(base, tuple(additive), tuple(forests), model.pairs)


def _additive(design: Design, coef: Floats, matrix: Matrix) -> Additive:
    return Additive(design, coef, parts(design, coef, matrix).mean(axis=0))


def _forests(member: Member, weight: float, category: Flags, codes: int) -> Iterator[Forest]:
    """The leaves of a learner, those with equally many conditions together.

    category: for each column and pair whether it is one, and a last False for the conditions that a leaf has not got.
    """
    paths = Paths(member.design, codes)
    found = sorted((leaf for tree in trees(member.estimator)[0] for leaf in paths.leaves(tree)), key=_conditions)
    for depth, group in groupby(found, _conditions):
        leaves = list(group)
        for first in range(0, len(leaves), TOGETHER):
            yield _forest(leaves[first : first + TOGETHER], max(depth, 1), weight, category, paths, codes)


def _conditions(leaf: Leaf) -> int:
    return len(leaf[1])


def _forest(leaves: list[Leaf], depth: int, weight: float, category: Flags, paths: Paths, codes: int) -> Forest:
    none = [(len(category) - 1, paths.always)]
    slots = [list(path.items()) or none * depth for _, path in leaves]
    masks: dict[int, int] = {}
    feature = np.array([[position for position, _ in row] for row in slots], dtype=np.int32)
    share, low, high, missing = (np.array([[condition[i] for _, condition in row] for row in slots]) for i in range(4))
    mask = [[masks.setdefault(condition.allowed, len(masks)) for _, condition in row] for row in slots]
    return Forest(
        value=weight * np.array([value for value, _ in leaves]),
        feature=feature, share=share, low=low, high=high, missing=missing,
        codes=as_flags(list(masks), codes), mask=np.array(mask, dtype=np.int32), category=category[feature],
    )  # fmt: skip
