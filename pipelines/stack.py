"""The processes of the running system: start them in order, wait until each answers, end them together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import httpx

from churn.console import console
from churn.errors import ChurnError, PortTaken
from churn.settings import PREFECT_LOGIN, Settings
from pipelines.service import Service
from pipelines.tracking import tracking_server

START_SECONDS = 120
STOP_SECONDS = 15
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def services(settings: Settings) -> list[Service]:
    """What `churn up` starts, in order."""
    tracking = tracking_server(settings)
    return [prefect_server(settings), *([tracking] if tracking else []), evidently(settings), api(settings)]


def prefect_server(settings: Settings) -> Service:
    """The Prefect server; its database is in the state folder unless PREFECT_SERVER_DATABASE_CONNECTION_URL names one."""
    port, host = settings.prefect_port, settings.shared_host or settings.loopback
    address = f"http://{settings.inner_host}:{port}"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)]
    return Service("prefect", command, "CHURN_PREFECT_PORT", port, f"{address}/api/health", address, host)


def worker() -> Service:
    """The worker that runs what deployments schedule."""
    command = ["prefect", "worker", "start", "--pool", "churn", "--type", "process"]
    return Service("worker", [sys.executable, "-m", *command])


def evidently(settings: Settings) -> Service:
    """The pages of Evidently, which know no login for who reads."""
    port, host = settings.evidently_port, settings.loopback
    page, workspace = f"http://{host}:{port}", str(settings.state / "evidently")
    command = ["evidently.cli", "ui", "--host", host, "--port", str(port), "--workspace", workspace]
    return Service(
        "evidently", [sys.executable, "-m", *command], "CHURN_EVIDENTLY_PORT", port, f"{page}/api/version", page, host
    )


def api(settings: Settings) -> Service:
    """The prediction server."""
    return Service(
        "api", [sys.executable, "-m", "churn.cli", "serve"], "CHURN_PORT", settings.port,
        f"{settings.api_url}/health", f"{settings.api_url}/docs", settings.host,
    )  # fmt: skip


class Stack:
    """Running services. Leaving the context ends every one that was started, newest first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running: list[tuple[Service, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> "Stack":
        return self

    def __exit__(self, *_: object) -> None:
        # A second Ctrl-C must not leave half of them running.
        before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
        for _service, process in self._running:
            _tell(process, signal.SIGTERM)
        for _service, process in reversed(self._running):
            _end(process)
        for number, handler in before.items():
            signal.signal(number, handler)

    def start(self, service: Service) -> None:
        """Start a service and wait until it answers. Raises PortTaken, or ChurnError with the end of its log."""
        refuse_taken(service)
        logs = self._settings.state / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{service.name}.log").open("wb") as log:
            process = subprocess.Popen(
                service.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO", **service.extra},
                start_new_session=True,
            )
        self._running.append((service, process))
        with console.status(f"starting {service.name}"):
            _await(service, process, Path(log.name))

    def ended(self) -> str | None:
        """The name of a service that ended by itself."""
        return next((service.name for service, process in self._running if process.poll() is not None), None)


def end_on_signals() -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal end this process in order, even where a script started it."""
    for number in ENDING:
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def orchestrated(settings: Settings) -> dict[str, str]:
    """Where flows report: PREFECT_API_URL, else the running server of the stack, else a temporary server."""
    if "PREFECT_API_URL" in os.environ:
        return {}
    if _answers(prefect_server(settings).url):
        return environment(settings)
    without_server = {"PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true", "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120"}
    return {k: v for k, v in environment(settings).items() if k != "PREFECT_API_URL"} | without_server


def environment(settings: Settings) -> dict[str, str]:
    """What every process of the stack needs to know; telemetry is off. Makes the home of Prefect.

    A run holds its deployment's one place by a lease, which must outlive a restart of the Prefect server: in memory it would
    be gone, and the run ended in its middle.
    """
    home = settings.state / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    login = os.environ.get("PREFECT_API_AUTH_STRING") or os.environ.get(PREFECT_LOGIN)
    return {
        **({"PREFECT_API_AUTH_STRING": login} if login else {}),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{settings.inner_host}:{settings.prefect_port}/api",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }


def deploy_flows() -> None:
    """Create the work pool and every deployment of prefect.yaml in this folder."""
    for command in (["work-pool", "create", "churn", "--type", "process", "--overwrite"], ["--no-prompt", "deploy", "--all"]):
        done = subprocess.run([sys.executable, "-m", "prefect", *command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChurnError(f"`prefect {' '.join(command)}` failed: {' '.join((done.stdout + done.stderr).split())[-400:]}")


def refuse_taken(service: Service) -> None:
    """Raise PortTaken when something listens on the service's port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((service.host, service.port))
        except OSError as error:
            text = f"port {service.port} for {service.name} is taken; end what uses it or set {service.variable}"
            raise PortTaken(text) from error


def _await(service: Service, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise ChurnError(f"{service.name} ended at once: {''.join(last)[:200]}; see {log}")
        if not service.url or _answers(service.url):
            return
        time.sleep(0.2)
    raise ChurnError(f"{service.name} does not answer at {service.url} after {START_SECONDS} s; see {log}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a service that was told to end; kill it, and whatever of it is left, when it does not."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    _tell(process, signal.SIGKILL)
    process.wait()


def _tell(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Send a signal to a service and what it started: each service leads a process group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
