"""Look at a table nobody has described yet, and decide what each column is."""

from churn.data.infer.findings import Findings
from churn.data.infer.look import infer

__all__ = ["Findings", "infer"]
