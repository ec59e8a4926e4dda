"""The leak guard: which columns are the answer in disguise."""

from churn.leak.figures import Figures
from churn.leak.judge import Suspect, suspects

__all__ = ["Figures", "Suspect", "suspects"]
