"""A rule as one small tree over a design, in the form in which fitted boosting keeps its trees.

So a rule is exported, explained and served by the same code as boosting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn.contract.encode import Matrix
from churn.features import Design
from churn.features.condition import Condition
from churn.features.recipes import as_they_are

NODE = np.dtype(
    [("value", "f8"), ("count", "u4"), ("feature_idx", "i8"), ("num_threshold", "f8"), ("missing_go_to_left", "u1"),
     ("left", "u4"), ("right", "u4"), ("is_leaf", "u1")]
)  # fmt: skip
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """`nodes` as scikit-learn's histogram boosting lays them out: left where x <= threshold. `base`: log-odds to begin with."""

    nodes: npt.NDArray[np.void]
    base: float = 0.0

    def decision_function(self, wide: Floats) -> Floats:
        """Log-odds of rows of the design: (n, design columns) to (n,)."""
        at = np.zeros(len(wide), dtype=np.int64)
        for _ in range(len(self.nodes) // 2):  # as deep as a tree of so many nodes can be
            node = self.nodes[at]
            x = wide[np.arange(len(wide)), node["feature_idx"]]
            left = np.where(np.isnan(x), node["missing_go_to_left"] == 1, x <= node["num_threshold"])
            at = np.where(node["is_leaf"] == 1, at, np.where(left, node["left"], node["right"]))
        return np.asarray(self.base + self.nodes["value"][at])


def grow(conditions: Sequence[Condition], matrix: Matrix, label: npt.NDArray[np.int64]) -> tuple[Design, Tree]:
    """One path through all conditions; who meets them has the log-odds of those who do in `matrix`, others of the rest."""
    design, places = _design(conditions)
    met = np.ones(len(matrix), dtype=bool)
    inside = np.logical_and.reduce([met, *(condition.holds(matrix) for condition in conditions)])
    log_odds = [_log_odds(label[~inside]), _log_odds(label[inside])]
    nodes = np.zeros(2 * len(conditions) + 1, dtype=NODE)
    for depth, condition in enumerate(conditions):
        at, passed, failed = 2 * depth, 2 * depth + 2, 2 * depth + 1
        left = condition.test in ("at most", "is not")  # the side of those who meet it
        edge = {"missing": np.inf, "is": 0.5, "is not": 0.5}.get(condition.test, condition.value)
        sides = (passed, failed) if left else (failed, passed)
        nodes[at] = (0.0, met.sum(), places[depth], edge, condition.test in ("above", "is", "is not"), *sides, 0)
        still = met & condition.holds(matrix)
        nodes[failed] = (log_odds[0], (met & ~still).sum(), 0, 0.0, 0, 0, 0, 1)
        met = still
    nodes[-1] = (log_odds[1], met.sum(), 0, 0.0, 0, 0, 0, 1)
    return design, Tree(nodes)


def _design(conditions: Sequence[Condition]) -> tuple[Design, list[int]]:
    """The columns that the conditions read, and where in the design each of them finds its own."""
    numbers = [c for c in conditions if c.test in ("above", "at most", "missing")]
    levels = [c for c in conditions if c.test in ("is", "is not")]
    ordered = [*numbers, *levels]
    codes = np.array([c.value for c in levels], dtype=np.float32)
    design = replace(as_they_are([c.column for c in numbers]), equals=[c.column for c in levels], codes=codes)
    return design, [next(i for i, other in enumerate(ordered) if other is c) for c in conditions]


def _log_odds(label: npt.NDArray[np.int64]) -> float:
    """Of a share with half a customer added on either side, so that it is neither 0 nor 1."""
    return float(np.log((label.sum() + 0.5) / (len(label) - label.sum() + 0.5)))
