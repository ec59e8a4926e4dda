"""What each path through a tree demands of the columns of an encoded row."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from churn.features import Design

Path = dict[int, "Condition"]


class Condition(NamedTuple):
    """What a path demands of one column.

    share: of the training rows that got there, those that meet it. A number meets it if low < x <= high, or where it is
    missing if `missing`. allowed: the codes of a category that do, as bits, the highest for missing.
    """

    share: float
    low: float
    high: float
    missing: bool
    allowed: int


class Paths:
    """The paths of trees that split one design; a category has at most `codes` codes, of which the last is 'missing'."""

    def __init__(self, design: Design, codes: int) -> None:
        self._design = design
        self._owners = design.owners
        self._codes = codes
        self._all = (1 << codes) - 1
        self.always = Condition(1.0, -np.inf, np.inf, True, self._all)
        self._left = cache(self._falls_left)

    def leaves(self, nodes: Any) -> Iterator[tuple[float, Path]]:
        """Every leaf of a tree: its value, and the conditions on the way to it."""
        rows: list[dict[str, Any]] = [dict(zip(nodes.dtype.names, node, strict=True)) for node in nodes.tolist()]
        waiting: list[tuple[int, Path]] = [(0, {})]
        while waiting:
            at, path = waiting.pop()
            node = rows[at]
            if node["is_leaf"]:
                yield node["value"], path
                continue
            for left, child in ((False, node["right"]), (True, node["left"])):
                share = rows[child]["count"] / node["count"]
                waiting.append((child, self._narrowed(path, node, bool(left), share)))

    def _narrowed(self, path: Path, node: dict[str, Any], left: bool, share: float) -> Path:
        """The path with one more split on it; splits on one column of the row are one condition."""
        column, threshold = node["feature_idx"], node["num_threshold"]
        owner = self._owners[column]
        share_then, low, high, missing, allowed = path.get(owner, self.always)
        if column < len(self._design.value):
            low, high = (low, min(high, threshold)) if left else (max(low, threshold), high)
            fill = float(self._design.fill[column])
            missing_left = bool(node["missing_go_to_left"]) if np.isnan(fill) else fill <= threshold
            missing = missing and missing_left == left
        else:
            codes = self._left(column, threshold)
            allowed &= codes if left else self._all & ~codes
        return path | {owner: Condition(share_then * share, low, high, missing, allowed)}

    def _falls_left(self, column: int, threshold: float) -> int:
        """The codes of a category, as bits, whose value in the design is at most the threshold."""
        return sum(1 << code for code, value in enumerate(self._values(column)) if value <= threshold)

    def _values(self, column: int) -> list[float]:
        """What a column of the design holds for each code of its category, and for missing."""
        place, equals = column - len(self._design.value), column - len(self._owners) + len(self._design.equals)
        if place < len(self._design.encoded):
            table = self._design.tables[place].tolist()
            return [*(table[min(code, len(table) - 1)] for code in range(self._codes - 1)), table[-1]]
        return [*(float(code == self._design.codes[equals]) for code in range(self._codes - 1)), 0.0]


def as_flags(masks: list[int], codes: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Bits as (masks, codes) yes and no."""
    return np.array([[bool(mask >> code & 1) for code in range(codes)] for mask in masks])
