"""A workspace of the simulated company with a Prefect server, its worker, and a process in which flows are called.

Prefect reads the environment when it is imported, so the process of the tests never imports it.
"""

import os
import shutil
import socket
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path

import httpx
import pytest

from churn import workspace
from churn.registry import Registry
from churn.settings import Settings
from churn.simulate import live, write_month
from churn.store import Store
from pipelines import stack
from support.postgres import Postgres
from support.quick import quick

CUSTOMERS, LEARNED, PRICE_RISE, MONTHS = 1200, 5, 7, 8
PORTS = ("port", "prefect_port", "mlflow_port", "evidently_port")
CALL = "__import__('pkgutil').resolve_name({name!r})(*{arguments!r})"


@dataclass(frozen=True)
class Company:
    """The workspace, where its parts are, its months, and the process that works in it."""

    folder: Path
    settings: Settings
    months: list
    pool: ProcessPoolExecutor

    def call(self, name, *arguments, seconds=200):
        """Call something, named as module:object, in the workspace's process; its result or its exception."""
        return self.evaluate(CALL.format(name=name, arguments=arguments), seconds)

    def evaluate(self, expression, seconds=60):
        return self.pool.submit(eval, expression).result(seconds)

    def ask(self, path, **body):
        """Ask the Prefect server."""
        answer = httpx.post(f"http://127.0.0.1:{self.settings.prefect_port}/api/{path}", json=body, timeout=30)
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

    @property
    def registry(self):
        return Registry(f"sqlite:///{self.settings.state / 'mlflow.db'}", "churn")

    def environment(self, settings):
        """The environment of a process that works in the workspace with other settings."""
        ports = {f"CHURN_{name.upper()}": str(getattr(settings, name)) for name in PORTS}
        outside = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
        return outside | stack.environment(settings) | ports | {"CHURN_STATE": str(settings.state)}


@pytest.fixture(scope="session", autouse=True)
def outside():
    """Names in the environment before any test."""
    return set(os.environ)


@pytest.fixture(autouse=True)
def unchanged_environment(outside):
    """The registry's client writes its address into the environment, where no other test may find it."""
    yield
    for name in os.environ.keys() - outside:
        if name.startswith("MLFLOW_"):
            del os.environ[name]


@pytest.fixture(scope="session")
def settings_in():
    """Settings with a state folder of their own and ports that nobody uses."""

    def choose(state):
        with ExitStack() as held:
            probes = {name: held.enter_context(socket.create_server(("127.0.0.1", 0))) for name in PORTS}
            return Settings(state=state, **{name: probe.getsockname()[1] for name, probe in probes.items()})

    return choose


@pytest.fixture(scope="session")
def company(tmp_path_factory, settings_in):
    """The company after its first months, with nothing trained yet."""
    folder = tmp_path_factory.mktemp("company")
    months = list(live(7, CUSTOMERS, MONTHS, PRICE_RISE))
    settings = settings_in(folder / "state")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as open_parts:
        patch.chdir(folder)
        params = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
        workspace.scaffold(Path(), quick(params), own_git=True)
        Path("data").mkdir()
        for month in months[:LEARNED]:
            write_month(Path("data"), month)
        made = Company(folder, settings, months, ProcessPoolExecutor(1, get_context("spawn")))
        for name, value in made.environment(settings).items():
            patch.setenv(name, value)
        running = open_parts.enter_context(stack.Stack(settings))
        running.start(stack.prefect_server(settings))
        open_parts.enter_context(made.pool)
        made.call("churn.versioning:pin")
        made.call("churn.versioning:record", "A new workspace", workspace.TRACKED)
        stack.deploy_flows()
        running.start(stack.worker())
        patch.undo()
        yield made


@pytest.fixture(scope="session")
def candidate(company):
    """The version that the first run of the development flow registered."""
    return company.call("pipelines.development:development")


@pytest.fixture(scope="session")
def champion(company, candidate):
    """The first champion."""
    assert company.call("pipelines.deployment:deployment", candidate)
    return candidate


@pytest.fixture
def log(company):
    """The store of the company."""
    store = Store(company.settings.store_url)
    store.create()
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server; without the program the test is skipped."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL server is installed under /usr/lib/postgresql")
    server = Postgres(found[-1].parent)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.folder)
