"""Deployment: what a candidate goes through until it is champion. `steps.py` has the order, each step a file of its own."""

from pipelines.deployment.flow import deployment
from pipelines.deployment.told import reason

__all__ = ["deployment", "reason"]
