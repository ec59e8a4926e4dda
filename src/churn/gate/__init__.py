"""The gate: may a candidate take the place of the champion? A pure decision that fails closed."""

from churn.gate.contestants import UNKNOWN, Candidate, Contestant, Group, Rows, Rule
from churn.gate.criterion import Criterion, Decision
from churn.gate.decide import decide

__all__ = ["UNKNOWN", "Candidate", "Contestant", "Criterion", "Decision", "Group", "Rows", "Rule", "decide"]
