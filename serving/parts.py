"""What the routes work with. `create_app` is handed these, so that tests can hand it fakes."""

from dataclasses import dataclass
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from serving.journal import Journal
from serving.ledger import Ledger
from serving.notes import Notes
from serving.slot import ModelSlot
from serving.telemetry import Telemetry


@dataclass(frozen=True)
class Parts:
    """The collaborators of one app. `bulk` bounds the threads that large bodies may hold, so that single rows get theirs."""

    slot: ModelSlot
    store: Ledger
    journal: Journal
    telemetry: Telemetry
    notes: Notes
    bulk: CapacityLimiter


async def parts_of(request: Request) -> Parts:
    """The collaborators of the app that serves a request."""
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(parts_of)]
