"""The part of the server that answers requests."""

import gc
import os
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from churn.settings import Settings
from churn.store import Store
from serving import traces, wire
from serving.app import create_app
from serving.slot import ModelSlot

GRACE_SECONDS = 10
GARBAGE = (20_000, 50, 1_000)  # requests leave hardly any cycles, so looking for them can be rare


class Server(uvicorn.Server):
    """Calls `ready` once it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
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
    store = Store(settings.store_url)
    store.create()
    config = uvicorn.Config(
        create_app(settings, slot or ModelSlot(), store, traces.provider(os.environ)),
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
            Server(config, ready).run(sockets=[door])
    finally:
        store.close()


def _settle() -> None:
    """Tell the garbage collector that what is imported by now is no garbage: looking through it stalls all requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
