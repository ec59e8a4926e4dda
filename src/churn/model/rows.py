"""Encoded rows with what is known of them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.model.member import Labels
from churn.model.splits import Groups


@dataclass(frozen=True)
class Rows:
    """matrix: (n, features). label: (n,). group: (n,) equal for rows of one customer."""

    contract: Contract
    matrix: Matrix
    label: Labels
    group: Groups

    def at(self, chosen: np.ndarray[Any, Any]) -> "Rows":
        """The rows at some positions, or that a mask selects."""
        return replace(self, matrix=self.matrix[chosen], label=self.label[chosen], group=self.group[chosen])
