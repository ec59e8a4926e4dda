"""Extremely randomised trees whose score is the mean probability of the trees, and the trees inside fitted learners."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

from churn.model.lightgbm import LightGbm
from churn.simple.tree import NODE, Tree

Floats = npt.NDArray[np.float64]
Nodes = npt.NDArray[np.void]
QUANTILES = np.linspace(0, 1, 65)


class Averaged(ExtraTreesClassifier):  # type: ignore[misc] # scikit-learn publishes no types
    """A forest that scores: the mean over trees of the share of churners in the leaf (Geurts, Ernst and Wehenkel, 2006).

    Its random thresholds fall between quantiles rather than between smallest and largest value, where skewed numbers
    would leave nearly all of them on one side.
    """

    def fit(self, wide: Floats, label: npt.NDArray[np.int64]) -> "Averaged":
        """(n, design columns) and (n,)."""
        self.edges_ = [np.unique(np.quantile(column, QUANTILES, method="lower"))[:-1] for column in wide.T]
        super().fit(self._ranks(wide), label)
        return self

    def decision_function(self, wide: Floats) -> Floats:
        """(n, design columns) to (n,), between 0 and 1."""
        return np.asarray(self.predict_proba(self._ranks(wide))[:, 1])

    def _ranks(self, wide: Floats) -> Floats:
        """For each value how many of its column's edges are below it: at most k where the value is at most edge k."""
        return np.column_stack([np.searchsorted(edges, column) for edges, column in zip(self.edges_, wide.T, strict=True)])


def trees(estimator: HistGradientBoostingClassifier | Averaged | LightGbm | Tree) -> tuple[list[Any], float]:
    """Every tree as an array of nodes, and the number to which their leaves add.

    Nodes are laid out as scikit-learn's histogram boosting lays them out: left where x <= threshold. scikit-learn has no
    public access to fitted boosting; explanations and the export are compared with the model each time.
    """
    if isinstance(estimator, Averaged):
        return [_nodes(one.tree_, estimator) for one in estimator.estimators_], 0.0
    if isinstance(estimator, LightGbm):
        return estimator.trees, 0.0
    if isinstance(estimator, Tree):
        return [estimator.nodes], estimator.base
    return [stage[0].nodes for stage in estimator._predictors], float(estimator._baseline_prediction[0, 0])  # noqa: SLF001


def _nodes(tree: Any, forest: Averaged) -> Nodes:
    """One tree of a forest, its thresholds as values of the design, its leaves holding their part of the mean."""
    nodes = np.zeros(tree.node_count, dtype=NODE)
    leaf = tree.children_left < 0
    shares = tree.value[:, 0, :] / tree.value[:, 0, :].sum(axis=1, keepdims=True)
    split = zip(tree.feature.tolist(), tree.threshold.tolist(), leaf.tolist(), strict=True)
    nodes["value"] = np.where(leaf, shares[:, 1] / len(forest.estimators_), 0.0)
    nodes["count"] = tree.n_node_samples
    nodes["feature_idx"] = np.where(leaf, 0, tree.feature)
    nodes["num_threshold"] = [0.0 if last else forest.edges_[column][int(rank)] for column, rank, last in split]
    nodes["left"], nodes["right"] = np.where(leaf, 0, tree.children_left), np.where(leaf, 0, tree.children_right)
    nodes["is_leaf"] = leaf
    return nodes
