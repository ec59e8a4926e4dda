"""The application, built of the collaborators it is handed."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from anyio import create_task_group, to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp

from churn.settings import LOOPBACK, Settings
from serving import dashboard, docs, openapi, problems
from serving.admission import Lane
from serving.challenger.canary import Canary
from serving.challenger.watch import ChallengerWatcher
from serving.champion import Watcher
from serving.crew import Crew
from serving.drain import Leaving
from serving.express import Express
from serving.headers import Envelope
from serving.journal import Journal
from serving.keys import scheme
from serving.keys.guard import Door, Guard
from serving.keys.ring import Keyring
from serving.ledger import Ledger
from serving.limits import BodyLimit, HeadLimit
from serving.logs import Access
from serving.lookup import FeatureTable
from serving.measure import Measure
from serving.notes import Notes
from serving.once import Once
from serving.parts import Parts
from serving.routes import ROUTERS
from serving.slot import ModelSlot
from serving.telemetry import Counted, Telemetry
from serving.traces import Traced

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

BULK_THREADS = 2
KEYED_THREADS = 2
QUIET: Any = {"tracing": False, "metrics": False, "logs": False}  # FastAPI's own would export texts of exceptions


class ChurnAPI(FastAPI):
    """A FastAPI whose page follows the live model, and whose answers all pass through `surround`."""

    guarded: bool
    surround: Callable[[ASGIApp], ASGIApp]

    def openapi(self) -> dict[str, Any]:
        """Describe the API anew at each call, since a swap may have changed the customer row."""
        page = get_openapi(title=self.title, version=self.version, description=self.description, routes=self.routes)
        parts: Parts = self.state.parts
        page["components"]["schemas"] |= openapi.schemas(parts.slot.live)
        return scheme.secured(page) if self.guarded else page

    def build_middleware_stack(self) -> ASGIApp:
        """Surround the whole stack, so that the answer to a bug, too, has its headers and is counted."""
        return self.surround(super().build_middleware_stack())


def create_app(settings: Settings, slot: ModelSlot, store: Ledger, tracing: "TracerProvider | None" = None) -> FastAPI:
    """Build the app. While it runs, `slot` follows the champion pointer in `settings.bundles`, and keys follow their file.

    Raises ParamsError if the settings name API keys and there are none.
    """
    telemetry, keys = Telemetry(slot), Keyring.of(settings)
    notes = Notes(telemetry.settle, Access().tell)
    parts = _parts(settings, slot, store, telemetry, notes)
    watchers = Watcher(slot, settings.bundles, telemetry.living.tell), ChallengerWatcher(slot, settings.bundles, parts.canary)
    app = ChurnAPI(
        title="Churn",
        version=version("churn"),
        description="How likely a customer is to leave, and whether a contact pays.",
        lifespan=_following(watchers, keys, notes, settings.poll_seconds / 2),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=QUIET,
    )
    app.state.parts = parts
    problems.install(app)
    docs.install(app)
    dashboard.install(app, settings.reports)
    for router in ROUTERS:
        app.include_router(router)
    app.guarded = keys is not None
    app.surround = _layers(parts, Door(keys, hosts(settings)), tracing)
    return app


def _parts(settings: Settings, slot: ModelSlot, store: Ledger, telemetry: Telemetry, notes: Notes) -> Parts:
    counted, patience = Counted(store, telemetry), settings.answer_seconds
    journal = Journal(counted, Crew(1, patience), anyway=settings.answer_unrecorded)
    return Parts(
        slot=slot,
        table=FeatureTable(settings.features),
        store=counted,
        journal=journal,
        telemetry=telemetry,
        notes=notes,
        bulk=Crew(BULK_THREADS, patience),
        once=Once(counted, journal, Crew(KEYED_THREADS, patience)),
        canary=Canary(slot, counted, settings.bundles, patience, telemetry.tried),
        singles=Lane(settings.most_waiting, telemetry.shed),
        batches=Lane(settings.most_batches, telemetry.shed),
        leaving=Leaving(),
    )


def hosts(settings: Settings) -> frozenset[str]:
    """The names by which the server may be addressed; none means any.

    Bound to this machine it answers to its own names only, so that no page elsewhere reaches it by a name of its own
    that resolves to this machine.
    """
    named = {name.strip().lower() for name in settings.allowed_hosts.split(",")} - {""}
    own = {"127.0.0.1", "localhost", "[::1]"}
    return frozenset(named | own if named or settings.host in LOOPBACK else ())


def _layers(parts: Parts, door: Door, tracing: "TracerProvider | None") -> Callable[[ASGIApp], ASGIApp]:
    """What a request passes on its way to the routes, innermost first."""

    def surround(app: ASGIApp) -> ASGIApp:
        app = Guard(BodyLimit(Express(app, parts)), door)
        app = Measure(HeadLimit(app), parts.notes)
        return Envelope(Traced(app, tracing) if tracing else app)

    return surround


def _following(
    watchers: tuple[Watcher, ChallengerWatcher], keys: Keyring | None, notes: Notes, every: float
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for watcher in watchers:
            await to_thread.run_sync(watcher.check)
        async with create_task_group() as group:
            for watcher in watchers:
                group.start_soon(watcher.watch, every)
            if keys:
                group.start_soon(keys.watch, every)
            yield
            group.cancel_scope.cancel()
        notes.flush()

    return lifespan
