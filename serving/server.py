"""The part of the server that answers requests."""

import gc
import os
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from churn.settings import Settings
from churn.store import Store
from churn.store.store import LOCK_WAIT_SECONDS
from serving import traces, wire
from serving.app import create_app
from serving.drain import DrainingServer, Leaving
from serving.slot import ModelSlot

GRACE_SECONDS = 10
BRIEF_SECONDS = 0.2  # for a locked store, where answers are given without a record
GARBAGE = (20_000, 50, 1_000)  # requests leave hardly any cycles, so looking for them can be rare


class Server(DrainingServer):
    """Calls `ready` once it answers."""

    def __init__(self, config: uvicorn.Config, leaving: Leaving, seconds: float, ready: Callable[[], object]) -> None:
        super().__init__(config, leaving, seconds)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Load the champion and listen."""
        await super().startup(sockets)
        self._ready()


def serve(
    settings: Settings,
    door: socket.socket,
    patience: float = 1.0,
    slot: ModelSlot | None = None,
    ready: Callable[[], object] = lambda: None,
) -> None:
    """Answer requests that arrive at a socket, until a signal; running requests are finished first.

    patience: scales how long slow callers are waited for. slot: holds the live model. ready: called once requests are answered.
    """
    store = Store(settings.store_url, BRIEF_SECONDS if settings.answer_unrecorded else LOCK_WAIT_SECONDS)
    store.create()
    app = create_app(settings, slot or ModelSlot(), store, traces.provider(os.environ))
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        **wire.options(patience),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _settle()
    try:
        with suppress(KeyboardInterrupt):  # uvicorn raises the signal again once it has shut down
            Server(config, app.state.parts.leaving, settings.drain_seconds, ready).run(sockets=[door])
    finally:
        store.close()


def _settle() -> None:
    """Tell the garbage collector that what is imported by now is no garbage: looking through it stalls all requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
