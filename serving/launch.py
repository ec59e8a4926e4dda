"""Start the server: bind its port, run the follower, and answer from this process or from several that it looks after.

Nothing large is imported before it is needed, since the parent of workers answers no request.
"""

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from churn.settings import Settings
from serving.process import begin, listen, share
from serving.workers import Workers

log = logging.getLogger(__name__)


def run(settings: Settings, name: str) -> None:
    """Serve the champion of model `name` until SIGINT or SIGTERM. Raises PortTaken, StoreUnavailable."""
    begin(settings)
    settings.bundles.mkdir(parents=True, exist_ok=True)
    if settings.workers > 1:
        _run_many(settings, name)
        return
    with listen(settings) as door, following(settings, name):
        from serving.server import serve  # noqa: PLC0415

        serve(settings, door)


def _run_many(settings: Settings, name: str) -> None:
    shared = settings.state / "workers" / str(settings.port)

    def bury(process: int) -> None:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

        mark_process_dead(process, str(shared))  # type: ignore[no-untyped-call]

    listen(settings).close()  # to share would succeed beside another server, so ask for the port alone first
    with share(settings), following(settings, name):  # one socket holds the port also while no worker lives
        shutil.rmtree(shared, ignore_errors=True)
        shared.mkdir(parents=True)
        environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(shared)}
        command = [sys.executable, "-m", "serving.worker", str(shared)]
        with Workers(command, environment, settings.workers, bury) as workers, suppress(KeyboardInterrupt):
            workers.keep()


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
