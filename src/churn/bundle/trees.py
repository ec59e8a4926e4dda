"""Trees as the attributes of an ONNX TreeEnsembleRegressor."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def tree_attributes(trees: Sequence[Any]) -> dict[str, Any]:
    """Attributes of the ai.onnx.ml (version 3) operator whose one target is the sum of the leaves that a row reaches.

    trees: arrays of nodes, left where x <= threshold.
    """
    sizes = [len(nodes) for nodes in trees]
    nodes = np.concatenate([one[FIELDS] for one in trees])
    tree = np.repeat(np.arange(len(trees)), sizes)
    position = np.concatenate([np.arange(size) for size in sizes])
    leaf = nodes["is_leaf"].astype(bool)
    return _branches(nodes, tree, position, leaf) | _leaves(nodes, tree, position, leaf)


FIELDS = ["value", "feature_idx", "num_threshold", "missing_go_to_left", "left", "right", "is_leaf"]


def _branches(nodes: Any, tree: Any, position: Any, leaf: npt.NDArray[np.bool_]) -> dict[str, Any]:
    return {
        "nodes_treeids": tree.tolist(),
        "nodes_nodeids": position.tolist(),
        "nodes_featureids": np.where(leaf, 0, nodes["feature_idx"]).tolist(),
        "nodes_modes": ["LEAF" if is_leaf else "BRANCH_LEQ" for is_leaf in leaf],
        "nodes_values": np.where(leaf, 0.0, _float32_below(nodes["num_threshold"])).tolist(),
        "nodes_truenodeids": np.where(leaf, 0, nodes["left"]).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, nodes["right"]).tolist(),
        "nodes_missing_value_tracks_true": np.where(leaf, 0, nodes["missing_go_to_left"]).tolist(),
    }


def _leaves(nodes: Any, tree: Any, position: Any, leaf: Any) -> dict[str, Any]:
    return {
        "target_treeids": tree[leaf].tolist(),
        "target_nodeids": position[leaf].tolist(),
        "target_ids": [0] * int(leaf.sum()),
        "target_weights": nodes["value"][leaf].tolist(),
        "n_targets": 1,
        "aggregate_function": "SUM",
        "post_transform": "NONE",
    }


def _float32_below(threshold: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """The largest float32 not above a threshold: x <= both holds for the same float32 x."""
    with np.errstate(over="ignore"):
        rounded = threshold.astype(np.float32)
    return np.where(rounded > threshold, np.nextafter(rounded, np.float32(-np.inf)), rounded)
