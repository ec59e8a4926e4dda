"""What the server asks of the store."""

from collections.abc import Sequence
from typing import Protocol

from churn.store import ChallengerScore, Event, KeptAnswer, Outcome, Prediction


class Ledger(Protocol):
    """A place to keep predictions and outcomes; `churn.store.Store` is one."""

    def log(self, made: Sequence[Prediction]) -> None:
        """Write predictions, all or none. Raises StoreUnavailable."""

    def keep(self, answers: Sequence[KeptAnswer]) -> set[str]:
        """Write answers under their names, each with its predictions or not at all. Raises StoreUnavailable.

        Returns the names that had an answer already, which stays.
        """

    def kept(self, name: str) -> KeptAnswer | None:
        """The answer under a name, None if there is none. Raises StoreUnavailable."""

    def log_challenger(self, scores: Sequence[ChallengerScore]) -> None:
        """Write what a challenger made of some rows. Raises StoreUnavailable."""

    def record(self, line: Event) -> None:
        """Append to the history of the model. Raises StoreUnavailable."""

    def add_outcomes(self, reported: Sequence[Outcome]) -> int:
        """Write outcomes, all or none; returns the number that were new. Raises UnknownPrediction, StoreUnavailable."""
