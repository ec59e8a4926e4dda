"""Make any folder a workspace from one table, or leave it exactly as it was."""

from churn.workspace.create import TRACKED, create, scaffold
from churn.workspace.plan import Plan, plan

__all__ = ["TRACKED", "Plan", "create", "plan", "scaffold"]
