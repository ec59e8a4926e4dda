"""The running system: `churn up` and `churn serve` as a person starts and ends them."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.server import until

CHURN = [sys.executable, "-m", "churn.cli"]


@contextmanager
def running(company, settings, *command):
    """A process in the workspace; it is killed with all its descendants where a test fails to end it."""
    process = subprocess.Popen(
        command,
        cwd=company.folder,
        env=company.environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            for one in [str(process.pid), *descendants(process.pid)]:
                subprocess.run(["kill", "-KILL", one], capture_output=True, check=False)


def descendants(process):
    """Ids of the processes that a process started, and of those that they started, in whatever session."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [*children, *(deeper for child in children for deeper in descendants(child))]


def alive(processes):
    """Those that run; one that nobody has waited for yet does not."""
    found = []
    for process in processes:
        stat = Path(f"/proc/{process}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
            found.append(process)
    return found


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def ports(settings):
    return [settings.port, settings.prefect_port, settings.mlflow_port, settings.evidently_port]


def test_the_system_starts_retrains_and_ends(company, champion, settings_in, tmp_path):
    """Every page answers, a deployment runs to its end on the worker, and Ctrl-C leaves no process behind."""
    settings = settings_in(tmp_path / "state")
    with running(company, settings, *CHURN, "up") as up:
        lines = []
        while not lines or "Ctrl-C ends all of them" not in lines[-1]:
            lines.append(up.stdout.readline())
            assert lines[-1], "".join(lines)
        pages = dict(words for words in map(str.split, lines) if len(words) == 2 and words[1].startswith("http://"))
        assert list(pages) == ["prefect", "mlflow", "evidently", "api", "dashboard"]
        dashboard = pages.pop("dashboard")  # written anew after each look, deployment and retraining
        for page in [*pages.values(), f"{settings.api_url}/health"]:
            assert httpx.get(page, follow_redirects=True, timeout=30).status_code == 200
        assert httpx.get(f"{settings.api_url}/ready").status_code == 503
        command = [sys.executable, "-m", "prefect", "deployment", "run", "retraining/churn", "--watch"]
        with running(company, settings, *command) as run:
            said, _ = run.communicate(timeout=400)
        assert run.returncode == 0, said
        assert httpx.get(dashboard, follow_redirects=True, timeout=30).status_code == 200
        until(lambda: httpx.get(f"{settings.api_url}/ready").json().get("model_version") == "1", 20)
        started = descendants(up.pid)
        assert len(started) >= 6
        up.send_signal(signal.SIGINT)
        up.communicate(timeout=20)
        assert up.returncode == 0
        until(lambda: not alive(started), 1)
        assert all(is_free(port) for port in ports(settings))


@pytest.mark.parametrize(("name", "service"), [("evidently_port", "evidently"), ("prefect_port", "prefect")])
def test_a_taken_port_is_named_and_nothing_starts(company, settings_in, tmp_path, name, service):
    """`churn up` tells in one line which port is taken, by which variable to move it, and has started nothing."""
    settings = settings_in(tmp_path / "state")
    port = getattr(settings, name)
    with socket.create_server(("127.0.0.1", port)), running(company, settings, *CHURN, "up") as up:
        said, _ = up.communicate(timeout=60)
        expected = f"churn: port {port} for {service} is taken; end what uses it or set CHURN_{name.upper()}\n"
        assert (up.returncode, said) == (2, expected)
        assert [is_free(other) for other in ports(settings) if other != port] == [True] * 3


def test_serve_names_a_taken_port(company, settings_in, tmp_path):
    """`churn serve` tells in one line that its port is taken."""
    settings = settings_in(tmp_path / "state")
    with socket.create_server(("127.0.0.1", settings.port)), running(company, settings, *CHURN, "serve") as serve:
        said, _ = serve.communicate(timeout=60)
        assert serve.returncode == 2
        assert said.startswith(f"churn: port {settings.port} of 127.0.0.1 cannot be used (Address already in use")
        assert said.count("\n") == 1


SLOW = "import signal, time; signal.signal(15, lambda *_: (time.sleep(1), exit())); print(flush=True); time.sleep(100)"
THREE = f"""
import sys, time
from churn.settings import load
from pipelines.stack import Service, Stack
with Stack(load()) as running:
    for name in "abc":
        running.start(Service(name, [sys.executable, "-c", {SLOW!r}]))
    time.sleep(1)
    print("started", flush=True)
    time.sleep(100)
"""


def test_an_impatient_person_leaves_nothing_behind(company, settings_in, tmp_path):
    """Ctrl-C pressed again while the services are ending still ends every one of them."""
    with running(company, settings_in(tmp_path / "state"), sys.executable, "-c", THREE) as process:
        assert "started" in process.stdout.readline()
        started = descendants(process.pid)
        assert len(started) == 3
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        try:
            until(lambda: not alive(started), 3)
        finally:
            subprocess.run(["kill", "-KILL", *started], capture_output=True, check=False)
