"""A workspace of the simulated company with a Prefect server, its worker, and a process in which flows are called.

Prefect reads the environment when it is imported, so the process of the tests never imports it.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import httpx
import psutil
import pytest

from churn import workspace
from churn.registry import Registry
from churn.settings import Settings
from churn.simulate import write_month
from pipelines import stack, tracking
from support.quick import with_knobs

PORTS = ("port", "prefect_port", "mlflow_port", "evidently_port")
CALL = "__import__('pkgutil').resolve_name({name!r})(*{arguments!r})"


@dataclass(frozen=True)
class Company:
    """The workspace, where its parts are, its months, and the process that works in it.

    shared: variables that a person sets for a set-up that several people share.
    """

    folder: Path
    settings: Settings
    months: list
    pool: ProcessPoolExecutor
    running: stack.Stack
    shared: dict = field(default_factory=dict)

    def call(self, name, *arguments, seconds=400):
        """Call something, named as module:object, in the workspace's process; its result or its exception."""
        return self.evaluate(CALL.format(name=name, arguments=arguments), seconds)

    def evaluate(self, expression, seconds=60):
        return self.pool.submit(eval, expression).result(seconds)

    def ask(self, path, **body):
        """Ask the Prefect server."""
        login = self.shared.get("PREFECT_SERVER_API_AUTH_STRING")
        answer = httpx.post(
            f"http://127.0.0.1:{self.settings.prefect_port}/api/{path}",
            json=body,
            timeout=30,
            auth=tuple(login.split(":")) if login else None,
        )
        return answer.raise_for_status().json()

    def artifact(self, key):
        """The Markdown of the newest artifact with a key."""
        found = self.ask("artifacts/filter", artifacts={"key": {"any_": [key]}}, sort="CREATED_DESC", limit=1)
        assert found[0]["type"] == "markdown"
        return found[0]["data"]

    def runs(self, flow):
        """The runs of a flow, oldest first; a schedule's runs to come are left out."""
        found = self.ask("flow_runs/filter", flows={"name": {"any_": [flow]}}, sort="EXPECTED_START_TIME_ASC")
        return [run for run in found if not (run["state"] and run["state"]["type"] == "SCHEDULED" and run["auto_scheduled"])]

    def run(self, name, **parameters):
        """Let the worker run a deployment; the id of the run."""
        run = f"run_deployment({name!r}, parameters={parameters!r}, timeout=0, as_subflow=False).id"
        return str(self.evaluate(f"__import__('prefect.deployments').deployments.{run}"))

    def state(self, run):
        """The type of the state of a run, and its name."""
        (found,) = self.ask("flow_runs/filter", flow_runs={"id": {"any_": [run]}})
        return found["state"]["type"], found["state"]["name"]

    def kill(self, name):
        """Kill a service with all that it started, at once."""
        process = next(process for service, process in reversed(self.running._running) if service.name == name)
        own = psutil.Process(process.pid)
        victims = [*own.children(recursive=True), own]
        for one in victims:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        psutil.wait_procs(victims, 10)

    def start(self, make):
        """Start the service that `make` makes of the settings, in the workspace."""
        with self.inside():
            self.running.start(make(self.settings))

    @contextmanager
    def knobs(self, **sections):
        """Other knobs in params.yaml meanwhile."""
        path = self.folder / "params.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(with_knobs(text, **sections), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")

    @property
    def registry(self):
        return Registry(self.shared.get("MLFLOW_TRACKING_URI", f"sqlite:///{self.settings.state / 'mlflow.db'}"), "churn")

    def environment(self, settings):
        """The environment of a process that works in the workspace with other settings."""
        ports = {f"CHURN_{name.upper()}": str(getattr(settings, name)) for name in PORTS}
        outside = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")} | self.shared
        return outside | stack.environment(settings) | ports | {"CHURN_STATE": str(settings.state)} | self.shared

    @contextmanager
    def inside(self):
        """Be a process that works in the workspace."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in self.shared.items():
                patch.setenv(name, value)
            for name, value in self.environment(self.settings).items():
                patch.setenv(name, value)
            yield


@contextmanager
def working(folder, settings, params, months, learned, shared=None):
    """The company after its first `learned` months, with nothing trained yet; its worker waits for runs.

    With `shared` variables there is an MLflow server too.
    """
    with ExitStack() as parts:
        running = parts.enter_context(stack.Stack(settings))
        pool = ProcessPoolExecutor(1, get_context("spawn"))
        made = Company(folder, settings, months, pool, running, shared or {})
        with made.inside():
            workspace.scaffold(Path(), params, own_git=True)
            Path("data").mkdir()
            for month in months[:learned]:
                write_month(Path("data"), month)
            running.start(stack.prefect_server(settings))
            if shared:
                running.start(tracking.tracking_server(settings))
            parts.enter_context(pool)
            made.call("churn.versioning:pin")
            made.call("churn.versioning:record", "A new workspace", workspace.TRACKED)
            stack.deploy_flows()
            running.start(stack.worker())
        yield made
