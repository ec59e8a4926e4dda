"""The processes of the running system: start them in order, wait until each answers, end them together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import httpx

from churn.console import console
from churn.errors import ChurnError, PortTaken
from churn.settings import Settings

START_SECONDS = 120
STOP_SECONDS = 15
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Service:
    """One process. `url` answers once it is ready; a service without a URL is ready when it runs."""

    name: str
    command: list[str]
    variable: str = ""
    port: int = 0
    url: str = ""
    page: str = ""


def services(settings: Settings) -> list[Service]:
    """What `churn up` starts, in order."""
    here, python = settings.inner_host, sys.executable
    evidently, mlflow = settings.evidently_port, settings.mlflow_port
    return [
        prefect_server(settings),
        Service(
            "mlflow",
            [python, "-m", "mlflow", "server", "--host", here, "--port", str(mlflow), "--workers", "1",
             "--backend-store-uri", settings.tracking_uri, "--allowed-hosts", f"{here}:{mlflow},localhost:{mlflow}"],
            "CHURN_MLFLOW_PORT", mlflow, f"http://{here}:{mlflow}/health", f"http://{here}:{mlflow}/#/models",
        ),
        Service(
            "evidently",
            [python, "-m", "evidently.cli", "ui", "--host", here, "--port", str(evidently),
             "--workspace", str(settings.state / "evidently")],
            "CHURN_EVIDENTLY_PORT", evidently, f"http://{here}:{evidently}/api/version", f"http://{here}:{evidently}",
        ),
        api(settings),
    ]  # fmt: skip


def prefect_server(settings: Settings) -> Service:
    """The Prefect server with its database in the state folder."""
    address = f"http://{settings.inner_host}:{settings.prefect_port}"
    command = ["prefect", "server", "start", "--host", settings.inner_host, "--port", str(settings.prefect_port)]
    return Service("prefect", [sys.executable, "-m", *command], "CHURN_PREFECT_PORT", settings.prefect_port,
                   f"{address}/api/health", address)  # fmt: skip


def worker() -> Service:
    """The worker that runs what deployments schedule."""
    command = ["prefect", "worker", "start", "--pool", "churn", "--type", "process"]
    return Service("worker", [sys.executable, "-m", *command])


def api(settings: Settings) -> Service:
    """The prediction server."""
    return Service("api", [sys.executable, "-m", "churn.cli", "serve"], "CHURN_PORT", settings.port,
                   f"{settings.api_url}/health", f"{settings.api_url}/docs")  # fmt: skip


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
        refuse_taken(self._settings.host, service)
        logs = self._settings.state / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{service.name}.log").open("wb") as log:
            process = subprocess.Popen(
                service.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO"},
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
    """What every process of the stack needs to know; telemetry is off. Makes the home of Prefect."""
    home = settings.state / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{settings.inner_host}:{settings.prefect_port}/api",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
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


def refuse_taken(host: str, service: Service) -> None:
    """Raise PortTaken when something listens on the service's port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, service.port))
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
