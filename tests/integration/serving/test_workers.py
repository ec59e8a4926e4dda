"""The real command with two worker processes: one port, one store, one follower."""

import os
import re
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.parser import text_string_to_metric_families

from churn.store import Store
from serving.keys.key import make
from support.server import free_port, logged, point, running, until
from support.tiny import ROW, build_bundle

CHURN = "import sys; from churn.cli import main; sys.argv = ['churn', 'serve', '--workers', '2']; main()"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """Two good bundles with one contract, by version."""
    folder = tmp_path_factory.mktemp("built")
    return {str(seed + 1): build_bundle(folder / f"v{seed + 1}", seed) for seed in (0, 1)}


@pytest.fixture
def state(tmp_path, bundles):
    """A workspace, whose state folder it is at the same time, with a champion."""
    params = Path(__file__).parents[3] / "params.yaml"
    (tmp_path / "params.yaml").write_text(params.read_text())
    point(tmp_path, "1", bundles["1"])
    return tmp_path


@pytest.fixture
def served(state):
    """The command, a client, and the ids of its workers once both are ready."""
    with running(state, CHURN) as (process, client):
        until(lambda: len(ready(state)) == 2)
        yield process, client, ready(state)
        process.terminate()
        process.wait(20)


def ready(state):
    """Ids of the workers that got ready, in the order in which they did."""
    return re.findall(r"worker \d \(process (\d+)\) is ready", (state / "server.log").read_text())


def lives(process):
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(process):
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def counted(client, name, **labels):
    """The sum of the samples of a metric that have these labels."""
    found = text_string_to_metric_families(client.get("/metrics").text)
    return sum(s.value for family in found for s in family.samples if s.name == name and labels.items() <= s.labels.items())


def answered_by(state, worker):
    """How many predictions a worker has counted as its own."""
    (path,) = (state / "workers").glob(f"*/counter_{worker}.db")
    found = MmapedDict.read_all_values_from_file(str(path))
    return sum(value for key, value, *_ in found if "churn_rows_scored_total" in key)


class Callers:
    """Callers that ask in turn on a connection of their own each, and open another after some answers or a failure."""

    def __init__(self, address, count=8):
        self.address = address
        self.answers, self.refused, self.cut = [], [], []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self):
        while not self._stop.is_set():
            with httpx.Client(base_url=self.address, timeout=30) as client:
                try:
                    for _ in range(20):
                        answer = client.post("/predict", json=ROW)
                        (self.answers if answer.status_code == 200 else self.refused).append(answer.json())
                except httpx.TransportError as error:
                    self.cut.append(error)


def test_both_workers_answer_and_the_metrics_add_up(state, served):
    """Under load each worker has its share, every answer is on record once, and any worker shows the sum of all."""
    _, client, workers = served
    with Callers(client.base_url) as callers:
        until(lambda: len(callers.answers) > 600)
    until(lambda: counted(client, "churn_rows_scored_total") == len(callers.answers))
    assert counted(client, "churn_requests_total", route="/predict", status="200") == len(callers.answers)
    assert counted(client, "churn_request_seconds_count", route="/predict") == len(callers.answers)
    assert counted(client, "churn_score_count") == len(callers.answers)
    assert counted(client, "churn_model_info") == 1
    shares = [answered_by(state, worker) for worker in workers]
    assert sum(shares) == len(callers.answers)
    assert min(shares) > 0.1 * len(callers.answers)
    assert (callers.refused, callers.cut) == ([], [])
    assert sorted(records(state)) == sorted(answer["prediction_id"] for answer in callers.answers)


def records(state):
    store = Store(f"sqlite:///{state / 'store.db'}")
    try:
        return logged(store)
    finally:
        store.close()


def test_a_swap_reaches_both_workers(state, served, bundles):
    """Within moments of a new pointer no worker answers with the old model; the metrics name the new one alone."""
    _, client, _ = served
    with Callers(client.base_url) as callers:
        point(state, "2", bundles["2"])
        until(lambda: (state / "server.log").read_text().count("champion 2 is live") == 2)
        time.sleep(0.1)
        before = len(callers.answers)
        until(lambda: len(callers.answers) > before + 300)
    late = {answer["model_version"] for answer in callers.answers[before + 8 :]}
    assert late == {"2"}
    assert (callers.refused, callers.cut) == ([], [])
    assert counted(client, "churn_model_info", version="2") == 1
    assert counted(client, "churn_model_info") == 1
    point(state, "3", state / "nothing")
    until(lambda: counted(client, "churn_model_load_failures_total") == 2)
    assert counted(client, "churn_model_info", version="2") == 1


def test_a_killed_worker_loses_nothing_and_comes_back(state, served):
    """Whatever was acknowledged is on record once, although a worker was killed in the midst of it; another replaces it."""
    process, client, workers = served
    with Callers(client.base_url) as callers:
        until(lambda: min(answered_by(state, worker) for worker in workers) > 50)
        os.kill(int(workers[1]), signal.SIGKILL)
        until(lambda: len(ready(state)) == 3)
        replacement = ready(state)[2]
        until(lambda: answered_by(state, replacement) > 20)
    identities = [answer["prediction_id"] for answer in callers.answers]
    kept = records(state)
    assert len(identities) == len(set(identities))
    assert set(identities) <= kept.keys()
    assert callers.refused == []
    assert len(callers.cut) <= 8, "only callers of the killed worker are cut off"
    assert "ended with code -9" in (state / "server.log").read_text()
    assert process.poll() is None
    assert counted(client, "churn_model_info") == 1


def test_a_new_key_is_known_to_both_workers(state):
    """Keys are read again in every worker: the old one is refused and the new one accepted on any connection."""
    (old, old_line), (new, new_line) = make("old", ["admin"]), make("new", ["admin"])
    file = state / "keys"
    file.write_text(old_line)
    with running(state, CHURN, CHURN_API_KEYS_FILE=str(file)) as (_, client):
        until(lambda: len(ready(state)) == 2)

        def statuses(secret):
            asked = [httpx.get(client.base_url.join("/model"), headers={"X-API-Key": secret}) for _ in range(40)]
            return {answer.status_code for answer in asked}

        assert (statuses(old), statuses(new)) == ({200}, {401})
        file.write_text(new_line)
        until(lambda: (state / "server.log").read_text().count("API keys were read again") == 2)
        assert (statuses(old), statuses(new)) == ({401}, {200})


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_all_processes_end_with_the_parent(served, ending):
    """However the parent is told to leave, it waits for its workers, takes the follower along and ends cleanly."""
    if signal.getsignal(ending) is signal.SIG_IGN:
        pytest.skip("whoever runs these tests in the background has them ignore SIGINT")
    process, client, workers = served
    started = children(process.pid)
    assert set(workers) < set(started)
    assert len(started) == 3
    with Callers(client.base_url) as callers:
        until(lambda: len(callers.answers) > 100)
        process.send_signal(ending)
        assert process.wait(20) == 0
        assert not any(lives(worker) for worker in workers)
    assert callers.refused == []
    until(lambda: not any(map(lives, started)))


def test_no_worker_outlives_a_killed_parent(served):
    """A parent that had no chance to say so leaves neither workers nor a follower."""
    process, _, _ = served
    started = children(process.pid)
    process.kill()
    until(lambda: not any(map(lives, started)))


def test_the_port_is_refused_by_name(state, served, command):
    """A second server finds the port taken although the first one shares it among its workers; workers are one to 64."""
    _, client, _ = served
    taken = {"CHURN_STATE": str(state / "other"), "CHURN_PORT": str(client.base_url.port)}
    for workers in (1, 2):
        done = command("churn", "serve", "--workers", workers, cwd=state, check=False, **taken)
        assert done.returncode == 2
        assert re.fullmatch(r"churn: port \d+ of 127.0.0.1 cannot be used .*CHURN_PORT.*\n", done.stderr)
    assert command("churn", "serve", "--workers", 0, cwd=state, check=False).returncode == 2
    wrong = command("churn", "serve", cwd=state, check=False, CHURN_WORKERS="65")
    assert (wrong.returncode, "CHURN_WORKERS" in wrong.stderr) == (2, True)


def test_a_store_that_cannot_be_opened_ends_all_in_one_line(state, command):
    """The first worker says why; no other is tried and nothing is left running."""
    nowhere = f"sqlite:///{state}/absent/store.db"
    own = {"CHURN_STATE": str(state), "CHURN_STORE_URL": nowhere, "CHURN_LOG_LEVEL": "error", "CHURN_PORT": str(free_port())}
    done = command("churn", "serve", "--workers", 2, cwd=state, check=False, **own)
    assert done.returncode == 1
    assert re.fullmatch(r"churn: the store sqlite:.*absent.*\n", done.stderr)
