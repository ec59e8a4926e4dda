"""Run the server beside its follower."""

import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn

from churn.errors import PortTaken
from churn.settings import Settings
from churn.store import Store
from serving import logs, traces, wire
from serving.app import create_app
from serving.slot import ModelSlot

GRACE_SECONDS = 10
GARBAGE = (20_000, 50, 1_000)  # requests leave hardly any cycles, so looking for them can be rare

log = logging.getLogger(__name__)


def run(settings: Settings, name: str) -> None:
    """Serve the champion of model `name` until SIGINT or SIGTERM. Raises PortTaken, StoreUnavailable."""
    logs.configure(settings.log_level)
    signal.signal(signal.SIGTERM, _leave)
    settings.bundles.mkdir(parents=True, exist_ok=True)
    with listen(settings) as door, following(settings, name):
        serve(settings, door)


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        where = f"port {settings.port} of {settings.host}"
        raise PortTaken(f"{where} cannot be used ({error.strerror}); stop what uses it or set CHURN_PORT to another") from error


def serve(settings: Settings, door: socket.socket, patience: float = 1.0) -> None:
    """Answer requests that arrive at a socket, until a signal; running requests are finished first.

    patience: scales how long slow callers are waited for.
    """
    store = Store(settings.store_url)
    store.create()
    config = uvicorn.Config(
        create_app(settings, ModelSlot(), store, traces.provider(os.environ)),
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
            uvicorn.Server(config).run(sockets=[door])
    finally:
        store.close()


def _settle() -> None:
    """Tell the garbage collector that what is imported by now is no garbage: looking through it stalls all requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


@contextmanager
def following(settings: Settings, name: str) -> Iterator[None]:
    """Run the follower meanwhile. It has a session of its own, so Ctrl-C reaches the server alone, which ends it."""
    where = {"CHURN_STATE": str(settings.state), "CHURN_POLL_SECONDS": str(settings.poll_seconds)}
    command = [sys.executable, "-m", "serving.follow", name, str(os.getpid())]
    with subprocess.Popen(command, env=os.environ | where, start_new_session=True) as follower:
        leaving = threading.Event()
        threading.Thread(target=_report_end, args=(follower, leaving), daemon=True).start()
        try:
            yield
        finally:
            leaving.set()
            follower.terminate()


def _report_end(follower: "subprocess.Popen[bytes]", leaving: threading.Event) -> None:
    """Say so if the follower ends before the server does: the server answers on, with a champion that grows old."""
    code = follower.wait()
    if not leaving.is_set():
        log.error("the follower ended with code %d, so a new champion will not be served; restart `churn serve`", code)


def _leave(*_: object) -> None:
    """Leave by exception, so that every `finally` runs."""
    sys.exit(0)
