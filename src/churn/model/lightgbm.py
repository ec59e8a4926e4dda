"""LightGBM's boosting as one more learner, for those who install the extra `lightgbm`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from churn.errors import ParamsError
from churn.params import Boosting
from churn.simple.tree import NODE

Floats = npt.NDArray[np.float64]
Nodes = npt.NDArray[np.void]


class LightGbm:
    """Boosting by LightGBM (Ke et al., 2017) that scores in log-odds. Equal seeds give equal trees, on one processor."""

    def __init__(self, knobs: Boosting, seed: int) -> None:
        self._knobs = knobs
        self._seed = seed

    def fit(self, wide: Floats, label: npt.NDArray[np.int64]) -> "LightGbm":
        """(n, design columns) and (n,). Raises ParamsError where LightGBM is not installed."""
        knobs = self._knobs
        model = _library().LGBMClassifier(
            n_estimators=knobs.rounds,
            learning_rate=knobs.learning_rate,
            num_leaves=knobs.leaves,
            min_child_samples=knobs.min_leaf_rows,
            reg_lambda=knobs.l2,
            feature_fraction_bynode=knobs.columns,
            random_state=self._seed,
            deterministic=True,
            force_row_wise=True,
            n_jobs=1,
            verbosity=-1,
        )
        self._booster = model.fit(wide, label).booster_
        return self

    def decision_function(self, wide: Floats) -> Floats:
        """(n, design columns) to (n,), log-odds."""
        return np.asarray(self._booster.predict(wide, raw_score=True, num_threads=1))

    @property
    def trees(self) -> list[Nodes]:
        """Every tree in the layout of scikit-learn's histogram boosting; together their leaves add to the log-odds."""
        return [_nodes(one["tree_structure"]) for one in self._booster.dump_model()["tree_info"]]


def _library() -> Any:
    try:
        import lightgbm  # noqa: PLC0415 - an extra

    except ImportError as error:
        raise ParamsError("train.learners names lightgbm, which is not installed; pip install 'churn[lightgbm]'") from error
    return lightgbm


def _nodes(root: dict[str, Any]) -> Nodes:
    """One tree, its root first, and each left branch right after its node."""
    ordered = list(_walk(root))
    place = {id(node): position for position, node in enumerate(ordered)}
    nodes = np.zeros(len(ordered), dtype=NODE)
    for at, node in zip(nodes, ordered, strict=True):
        if "leaf_value" in node:
            at["value"], at["count"], at["is_leaf"] = node["leaf_value"], max(node.get("leaf_count", 1), 1), 1
            continue
        at["count"], at["feature_idx"], at["num_threshold"] = node["internal_count"], node["split_feature"], node["threshold"]
        at["left"], at["right"] = place[id(node["left_child"])], place[id(node["right_child"])]
        at["missing_go_to_left"] = _missing_goes_left(node)
    return nodes


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    if "leaf_value" not in node:
        yield from _walk(node["left_child"])
        yield from _walk(node["right_child"])


def _missing_goes_left(node: dict[str, Any]) -> bool:
    """A split that met no missing value in training takes one for 0."""
    return bool(node["default_left"]) if node["missing_type"] == "NaN" else bool(node["threshold"] >= 0)
