"""Scoring as a flow: on this machine, and on a real Dask scheduler with workers in processes of their own."""

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churn.bundle.open import open_bundle
from churn.score import files, job
from churn.score.plan import Asked, make
from churn.score.write import PLAN, Target
from support.tiny import ROW, build_bundle

PARTS, ROWS = 12, 50


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    bundle = open_bundle(build_bundle(tmp_path_factory.mktemp("bundle") / "bundle"))
    return Asked(bundle=str(bundle.folder), fingerprint=bundle.fingerprint, version=bundle.fingerprint[:12])


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Customers as CSV."""
    path = tmp_path_factory.mktemp("in") / "in.csv"
    random = np.random.default_rng(0)
    rows = [ROW | {"customer id": f"C{at}", "tenure": int(random.integers(0, 72))} for at in range(PARTS * ROWS)]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture
def planned(source, asked):
    """Write a plan of small parts into a folder, as a run of many rows would have it."""

    def write(folder):
        contract = open_bundle(Path(asked.bundle)).contract
        Target(str(folder)).write_text(PLAN, make(files.find(str(source)), asked, contract, ROWS).model_dump_json())
        return folder

    return write


@contextmanager
def cluster(folder, environment):
    """A scheduler and two workers; gives its address and the workers."""
    pytest.importorskip("distributed", reason="Dask is an extra")
    started = []

    def start(name, *words):
        with (folder / f"{name}.log").open("w") as log:
            command = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *map(str, words[1:]), "--no-dashboard"]
            started.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))
        return started[-1]

    try:
        start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", 0, "--scheduler-file", folder / "scheduler.json")
        joined = ("--scheduler-file", folder / "scheduler.json", "--nthreads", 1, "--no-nanny", "--local-directory", folder)
        workers = [start(f"worker{number}", "worker", *joined) for number in range(2)]
        yield _address(folder / "scheduler.json"), workers
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _address(path):
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if path.exists() and path.read_text():
            return json.loads(path.read_text())["address"]
        time.sleep(0.1)
    raise TimeoutError(path)


def written(folder):
    return {path.name: path.read_bytes() for path in folder.glob("part-*")}


def test_a_worker_killed_midway_costs_no_row(company, tmp_path, source, asked, planned):
    """The parts of a dead worker are done by the other one, once, and all bytes are those of a run on one machine."""
    here, spread = planned(tmp_path / "here"), planned(tmp_path / "spread")
    job.score_all(str(source), str(here), asked)
    with cluster(tmp_path, company.environment(company.settings)) as (address, workers):

        def kill():
            while len(list(spread.glob("part-*"))) < 2:
                time.sleep(0.01)
            workers[0].kill()

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        line = company.call("pipelines.scoring:scoring", str(source), str(spread), None, asked.bundle, None, 0, address)
        killer.join(5)
    assert workers[0].returncode == -9
    assert line.startswith(f"{PARTS * ROWS:,} rows scored")
    assert len(written(here)) == PARTS
    assert written(spread) == written(here)
    assert sorted(path.name for path in spread.iterdir() if not path.name.startswith("part-")) == [PLAN]
    assert line in company.artifact("scoring")


@pytest.mark.usefixtures("champion")
def test_the_flows_score_with_the_champion_and_make_the_list(company, tmp_path):
    """Without a cluster the flow scores a table of the company with its champion; the next one makes the contact list of it."""
    months = company.months[-1].rows
    months.to_parquet(tmp_path / "in.parquet", index=False)
    line = company.call("pipelines.scoring:scoring", str(tmp_path / "in.parquet"), str(tmp_path / "out"))
    assert line.startswith(f"{len(months):,} rows scored by version {company.registry.champion().version}")
    assert len(pd.read_parquet(tmp_path / "out")) == len(months)
    told = company.call("pipelines.campaign:campaign", str(tmp_path / "out"), 500.0, str(tmp_path / "list"))
    assert " customers to contact for " in told
    assert (tmp_path / "list" / "list.xlsx").exists()
