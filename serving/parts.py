"""What the routes work with. `create_app` is handed these, so that tests can hand it fakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from anyio import CapacityLimiter
from fastapi import Depends, Request

from churn.store import Outcome, Prediction
from serving.slot import ModelSlot
from serving.telemetry import Telemetry


class Ledger(Protocol):
    """The two things the server asks of the store."""

    def log(self, made: Sequence[Prediction]) -> None:
        """Write predictions, all or none. Raises StoreUnavailable."""

    def add_outcomes(self, reported: Sequence[Outcome]) -> int:
        """Write outcomes, all or none; returns the number that were new. Raises UnknownPrediction, StoreUnavailable."""


@dataclass(frozen=True)
class Parts:
    """The collaborators of one app. `bulk` bounds the threads that large bodies may hold, so that single rows get theirs."""

    slot: ModelSlot
    store: Ledger
    telemetry: Telemetry
    bulk: CapacityLimiter


async def parts_of(request: Request) -> Parts:
    """The collaborators of the app that serves a request."""
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(parts_of)]
