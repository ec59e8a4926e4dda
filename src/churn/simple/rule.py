"""The best one-line rule: at most two conditions that a customer must meet to be contacted."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.features import Design
from churn.features.condition import Condition, conditions
from churn.params import Rule as Knobs
from churn.simple.tree import Tree, grow

FIRST = 100  # single conditions that are combined with every other one
WORTH_A_SECOND = 1.01  # a condition that adds less than a hundredth only makes the rule longer

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold; none for a table without any value."""

    conditions: tuple[Condition, ...]

    def sentence(self, contract: Contract) -> str:
        """The rule in words, such as "Contract is Month-to-month and tenure at most 6"."""
        return " and ".join(condition.sentence(contract.columns) for condition in self.conditions) or "everybody"


def fit_rule(contract: Contract, matrix: Matrix, label: Labels, knobs: Knobs) -> tuple[Design, Tree]:
    """The best rule for encoded rows (n, features), as a design and a tree whose leaves hold log-odds."""
    return grow(find_rule(contract, matrix, label, knobs).conditions, matrix, label)


def find_rule(contract: Contract, matrix: Matrix, label: Labels, knobs: Knobs) -> Rule:
    """Choose the conditions whose customers earn most when contacted.

    At a break-even probability t the profit of contacting a set of customers is proportional to the sum of (label - t)
    over them (`churn.decision`). With t at the base rate this is the largest gap between true and false positive rate.
    """
    tried = conditions(contract.columns, matrix, knobs.edges)
    if not tried:
        return Rule(())
    rate = label.mean() if knobs.break_even is None else knobs.break_even
    met = np.column_stack([condition.holds(matrix) for condition in tried]).astype(np.float32)
    worth = (label - rate).astype(np.float32)
    return Rule(tuple(tried[i] for i in _best(met, worth, knobs.conditions)))


def _best(met: npt.NDArray[np.float32], worth: npt.NDArray[np.float32], most: int) -> tuple[int, ...]:
    """Positions of the best single condition, or of the best two where together they are worth more."""
    alone = worth @ met
    one = int(np.argmax(alone))
    if most == 1:
        return (one,)
    first = np.argsort(-alone, kind="stable")[:FIRST]
    together = (met[:, first] * worth[:, None]).T @ met
    row, other = np.unravel_index(int(np.argmax(together)), together.shape)
    return (int(first[row]), int(other)) if together[row, other] > alone[one] * WORTH_A_SECOND else (one,)
