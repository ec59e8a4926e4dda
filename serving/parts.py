"""What the routes work with. `create_app` is handed these, so that tests can hand it fakes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from serving.admission import Lane
from serving.challenger.canary import Canary
from serving.crew import Crew
from serving.drain import Leaving
from serving.journal import Journal
from serving.ledger import Ledger
from serving.lookup import FeatureTable
from serving.notes import Notes
from serving.once import Once
from serving.slot import ModelSlot
from serving.telemetry import Telemetry


@dataclass(frozen=True)
class Parts:
    """The collaborators of one app. `bulk` works on large bodies, so that they never take the threads of single rows."""

    slot: ModelSlot
    table: FeatureTable
    store: Ledger
    journal: Journal
    telemetry: Telemetry
    notes: Notes
    bulk: Crew
    once: Once
    canary: Canary
    singles: Lane
    batches: Lane
    leaving: Leaving

    @property
    def stuck(self) -> bool:
        """Whether the process must be started again."""
        return self.bulk.stuck or self.journal.stuck or self.once.stuck


async def parts_of(request: Request) -> Parts:
    """The collaborators of the app that serves a request."""
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(parts_of)]
