"""The evidence for a candidate: one folder that tells what it is, how it was judged and what it was made of, by itself."""

from churn.evidence.facts import Facts
from churn.evidence.write import write

__all__ = ["Facts", "write"]
