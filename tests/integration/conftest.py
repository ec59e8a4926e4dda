"""What the tests of real parts share: the simulated company at work, and a PostgreSQL server."""

import os
import shutil
import socket
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

import pytest

from churn.settings import Settings
from churn.simulate import live
from churn.store import Store
from support.company import PORTS, working
from support.postgres import Postgres
from support.quick import quick

CUSTOMERS, LEARNED, PRICE_RISE, MONTHS = 1200, 5, 7, 8


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
    params = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
    with working(folder, settings, quick(params), months, LEARNED) as made:
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
