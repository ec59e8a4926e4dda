"""The parent of several workers, with workers of a few lines."""

import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from serving.workers import FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS, Worker, Workers

SAY = "import os, socket, sys, time; channel = socket.socket(fileno=int(sys.argv[1])); "
GOOD = f"{SAY} channel.sendall(b'.'); channel.recv(1)"
PARENT = """
    import os, sys
    from serving.workers import Workers
    with Workers([sys.executable, "-c", sys.argv[1]], os.environ, 2, print) as workers:
        workers.keep()
"""


class Stop(Exception):
    """Raised by the test to leave `keep`."""


def keeping(script, deaths, *, count=2):
    """Keep workers until `deaths` of them were buried; gives the ids of the dead."""
    buried = []

    def bury(process):
        buried.append(process)
        if len(buried) == deaths:
            raise Stop

    with pytest.raises(Stop), Workers([sys.executable, "-c", script], os.environ, count, bury) as workers:
        workers.keep()
    return buried


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_that_dies_is_started_again(caplog, tmp_path):
    """Each death is told with its code, and another process takes the place."""
    caplog.set_level(logging.INFO)
    script = f"{SAY} channel.sendall(b'.'); time.sleep(0.05); os._exit(7)"
    buried = keeping(script, 3)
    assert len(set(buried)) == 3
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [f"(process {process}) ended with code 7" in line for process, line in zip(buried, told, strict=True)] == [True] * 3
    ready = [record.getMessage() for record in caplog.records if record.levelname == "INFO"]
    assert ready[:2] == [f"worker 1 (process {buried[0]}) is ready", f"worker 2 (process {buried[1]}) is ready"]


def test_the_pause_doubles_while_workers_die_young():
    """One that lived long is replaced at once; those that do not, ever more slowly, with a bound."""
    place, now = Worker(1), 1000.0
    place._started = now - 1
    assert [place.ended(now) for _ in range(7)] == [FIRST_PAUSE, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE]
    assert place.due == now + LONGEST_PAUSE
    place._started = now - STEADY_SECONDS - 1
    assert place.ended(now) == 0
    place._started = now
    assert place.ended(now) == FIRST_PAUSE


def test_a_first_worker_that_cannot_start_ends_all():
    """Its exit code becomes that of the parent, and no second one was tried."""
    with pytest.raises(SystemExit) as left, Workers([sys.executable, "-c", "exit(3)"], os.environ, 2, print) as workers:
        workers.keep()
    assert left.value.code == 3
    assert workers._places[1].process is None


def test_no_worker_outlives_the_context(on_alarm):
    """One that ignores SIGTERM is killed."""
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAY} channel.sendall(b'.'); "
    script = f"{stubborn} os.kill(os.getppid(), signal.SIGALRM); time.sleep(60)"
    with pytest.raises(Stop), Workers([sys.executable, "-c", script], os.environ, 1, print, patience=0.2) as workers:
        workers.keep()
    assert workers._places[0].process.poll() == -signal.SIGKILL


@pytest.fixture
def on_alarm():
    """SIGALRM leaves `keep`, as SIGTERM does in the server."""

    def stop(*_):
        raise Stop

    before = signal.signal(signal.SIGALRM, stop)
    yield
    signal.signal(signal.SIGALRM, before)


def test_workers_hear_of_a_parent_that_is_killed():
    """The system closes the channel, which is how a worker knows."""
    script = textwrap.dedent(PARENT)
    with subprocess.Popen([sys.executable, "-c", script, GOOD]) as parent:
        path = f"/proc/{parent.pid}/task/{parent.pid}/children"
        wait_for(lambda: len(Path(path).read_text().split()) == 2)
        workers = Path(path).read_text().split()
        parent.kill()
    wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
