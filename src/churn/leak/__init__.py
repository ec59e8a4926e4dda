"""The leak guard: which columns are the answer in disguise."""

from churn.leak.figures import Figures
from churn.leak.guard import Guarded, guard
from churn.leak.judge import Suspect, suspects

__all__ = ["Figures", "Guarded", "Suspect", "guard", "suspects"]
