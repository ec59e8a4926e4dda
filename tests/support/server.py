"""A real server process with a state folder of its own, whose champion pointer is written by hand."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from churn.store import Store
from serving.pointer import Pointer, write_pointer

SERVE = """
import sys
from churn.settings import load
from serving import logs
from serving.process import listen
from serving.server import serve
settings = load()
logs.configure(settings.log_level)
with listen(settings) as door:
    serve(settings, door, float(sys.argv[1]))
"""
# Before SERVE or RUN: every second call of the model made of some data goes some way wrong, as a line of Python says.
FAILS_HALF = """
from itertools import count
from churn.bundle.open import Bundle
whole, calls = Bundle.score_rows, count()
def fails_half(bundle, rows):
    if bundle.data_hash == "data-%d" and next(calls) %% 2:
        %s
    return whole(bundle, rows)
Bundle.score_rows = fails_half
"""
RAISES = 'raise RuntimeError("no memory")'
RUN = "from churn.settings import load; from serving.launch import run; run(load(), 'churn')"

STARTED_SECONDS = 90  # on a busy machine

Process = subprocess.Popen[bytes]


@contextmanager
def running(state: Path, script: str = SERVE, patience: float = 1.0, **extra: str) -> Iterator[tuple[Process, httpx.Client]]:
    """A server whose patience with slow callers is scaled; gives its process and a client once it is ready, and ends it."""
    port = free_port()
    where = {"CHURN_STATE": str(state), "CHURN_PORT": str(port), "CHURN_POLL_SECONDS": "0.1", "CHURN_DRAIN_SECONDS": "0"}
    command = [sys.executable, "-c", script, str(patience)]
    with (
        (state / "server.log").open("a") as log,
        subprocess.Popen(command, env=os.environ | where | extra, cwd=state, stderr=log) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        try:
            until(lambda: ready(client, process), STARTED_SECONDS)
            yield process, client
        finally:
            process.terminate()


def ready(client: httpx.Client, process: Process) -> bool:
    """Whether a server is ready to predict."""
    assert process.poll() is None, "the server ended; see server.log"
    try:
        return client.get("/ready").status_code == 200
    except httpx.TransportError:
        return False


def address(client: httpx.Client) -> tuple[str, int]:
    """Where the server of a client listens."""
    return client.base_url.host, client.base_url.port or 80


def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def point(state: Path, version: str, folder: Path | str) -> None:
    """Name the champion, as the follower does."""
    (state / "bundles").mkdir(exist_ok=True)
    write_pointer(state / "bundles", Pointer(version=version, folder=str(folder)))


def logged(store: Store) -> dict[str, dict[str, Any]]:
    """Every logged prediction by id."""
    return {line["id"]: line for snapshot in store.snapshots() for line in store.window(snapshot)}
