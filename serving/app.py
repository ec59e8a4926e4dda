"""The application, built of the collaborators it is handed."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

from anyio import CapacityLimiter, create_task_group, to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from churn.settings import Settings
from serving import docs, openapi, problems
from serving.champion import Watcher
from serving.journal import Journal
from serving.ledger import Ledger
from serving.limits import BodyLimit
from serving.parts import Parts
from serving.routes import ROUTERS
from serving.slot import ModelSlot
from serving.telemetry import Measure, Telemetry

BULK_THREADS = 2


class ChurnAPI(FastAPI):
    """A FastAPI whose page follows the live model."""

    def openapi(self) -> dict[str, Any]:
        """Describe the API anew at each call, since a swap may have changed the customer row."""
        page = get_openapi(title=self.title, version=self.version, description=self.description, routes=self.routes)
        parts: Parts = self.state.parts
        page["components"]["schemas"] |= openapi.schemas(parts.slot.live)
        return page


def create_app(settings: Settings, slot: ModelSlot, store: Ledger) -> FastAPI:
    """Build the app. While it runs, `slot` follows the champion pointer in `settings.bundles`."""
    telemetry = Telemetry(slot)
    app = ChurnAPI(
        title="Churn",
        version=version("churn"),
        description="How likely a customer is to leave, and whether a contact pays.",
        lifespan=_following(Watcher(slot, settings.bundles), settings.poll_seconds / 2),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts = Parts(slot, store, Journal(store), telemetry, CapacityLimiter(BULK_THREADS))
    app.add_middleware(BodyLimit)
    app.add_middleware(Measure, telemetry=telemetry)
    problems.install(app)
    docs.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


def _following(watcher: Watcher, every: float) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await to_thread.run_sync(watcher.check)
        async with create_task_group() as group:
            group.start_soon(watcher.watch, every)
            yield
            group.cancel_scope.cancel()

    return lifespan
