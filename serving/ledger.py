"""What the server asks of the store."""

from collections.abc import Sequence
from typing import Protocol

from churn.store import Outcome, Prediction


class Ledger(Protocol):
    """A place to keep predictions and outcomes; `churn.store.Store` is one."""

    def log(self, made: Sequence[Prediction]) -> None:
        """Write predictions, all or none. Raises StoreUnavailable."""

    def add_outcomes(self, reported: Sequence[Outcome]) -> int:
        """Write outcomes, all or none; returns the number that were new. Raises UnknownPrediction, StoreUnavailable."""
