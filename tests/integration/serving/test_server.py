"""A real server process with a real store, whose champion pointer is written by hand."""

import os
import shutil
import signal
import socket
import threading
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from churn.bundle.open import open_bundle
from churn.store import Store
from support.server import RUN, logged, point, running, until
from support.tiny import ROW, build_bundle


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """Two good bundles with one contract, by version."""
    folder = tmp_path_factory.mktemp("built")
    return {str(seed + 1): build_bundle(folder / f"v{seed + 1}", seed) for seed in (0, 1)}


@pytest.fixture
def state(tmp_path, bundles):
    point(tmp_path, "1", bundles["1"])
    return tmp_path


@pytest.fixture
def client(state):
    with running(state) as (_, client):
        yield client


@pytest.fixture
def store(state, client):
    store = Store(f"sqlite:///{state / 'store.db'}")
    yield store
    store.close()


def test_predictions_and_outcomes_meet_in_the_store(client, store):
    """What was answered is what was logged, and a reported outcome belongs to its prediction."""
    assert client.get("/ready").json() == {"status": "ready", "model_version": "1"}
    one = client.post("/predict", json=ROW | {"customer id": 7, "month": "2026-01"}).json()
    batch = client.post("/predict/batch", json={"customers": [ROW | {"tenure": t} for t in range(500)]}).json()
    answered = {answer["prediction_id"]: answer["probability"] for answer in [one, *batch["predictions"]]}
    lines = logged(store)
    assert {identity: line["probability"] for identity, line in lines.items()} == answered
    assert lines[one["prediction_id"]]["customer"] == "7"
    assert lines[one["prediction_id"]]["features"] == ROW
    assert (lines[one["prediction_id"]]["snapshot"], lines[one["prediction_id"]]["churned"]) == ("2026-01", None)
    reports = [{"prediction_id": identity, "churned": i % 2 == 0} for i, identity in enumerate(answered)]
    assert client.post("/outcomes", json={"outcomes": reports}).json() == {"received": 501, "recorded": 501}
    assert client.post("/outcomes", json={"outcomes": reports}).json() == {"received": 501, "recorded": 0}
    lines = logged(store)
    assert all(lines[report["prediction_id"]]["churned"] is report["churned"] for report in reports)
    reports[3] = {"prediction_id": str(uuid4()), "churned": True}
    refused = client.post("/outcomes", json={"outcomes": reports})
    assert refused.status_code == 404
    assert [error["field"] for error in refused.json()["errors"]] == ["outcomes.3.prediction_id"]


def test_a_browser_draws_the_api_page(client, page):
    """The page at /docs shows every route without asking another machine for its script."""
    drawn = page(f"{client.base_url}/docs")
    assert all(f">{path}<" in drawn.replace("\u200b", "") for path in ("/predict", "/outcomes", "/model", "/ready"))
    assert "swagger-ui" in drawn
    assert "cdn" not in drawn


def test_refusals_over_the_wire(state, client, store):
    """A caller that sends too much or nonsense gets its problem, and the server goes on."""
    json_type = {"content-type": "application/json"}
    for content, status in (
        (b" " * 70_000, 413),
        (iter([b" " * 70_000]), 413),
        (b"[" * 60_000, 400),
        (b'{"tenure": NaN}', 422),
    ):
        answer = client.post("/predict", content=content, headers=json_type)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    answer = client.post("/outcomes", content=b" " * (17 * 2**20), headers=json_type)
    assert answer.status_code == 413
    with socket.create_connection((client.base_url.host, client.base_url.port)) as caller:
        caller.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
    assert client.post("/predict", json=ROW).status_code == 200
    assert len(logged(store)) == 1
    assert "Traceback" not in (state / "server.log").read_text()


def test_a_swap_under_load_loses_no_request(state, client, store, bundles):
    """While champions change every answer is one model's own, none fails, and the log holds exactly the answers."""
    expected = {version: float(open_bundle(folder).score([ROW]).probability[0]) for version, folder in bundles.items()}
    assert expected["1"] != expected["2"]
    stop, answers, failures = threading.Event(), [], []

    def ask():
        with httpx.Client(base_url=client.base_url, timeout=30) as own:
            while not stop.is_set():
                answer = own.post("/predict", json=ROW)
                (answers if answer.status_code == 200 else failures).append(answer.json())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in ("2", "1", "2"):
        point(state, version, str(bundles[version]))
        until(lambda version=version: client.get("/ready").json()["model_version"] == version)
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {answer["model_version"] for answer in answers} == {"1", "2"}
    for answer in answers:
        assert answer["data_hash"] == f"data-{int(answer['model_version']) - 1}"
        assert answer["probability"] == pytest.approx(expected[answer["model_version"]], abs=1e-12)
    lines = logged(store)
    assert set(lines) == {answer["prediction_id"] for answer in answers}
    assert all(lines[a["prediction_id"]]["model_version"] == a["model_version"] for a in answers)


def test_a_corrupt_champion_is_refused_and_the_old_one_serves(state, client, bundles):
    """The server keeps the last good model, says so, and recovers with the next good pointer."""
    broken = state / "bundles" / "broken"
    shutil.copytree(bundles["2"], broken)
    (broken / "decision.json").write_text("{}")
    point(state, "2", "broken")
    until(lambda: client.get("/model").json()["last_failure"])
    card = client.get("/model").json()
    assert (card["version"], card["last_failure"]["version"]) == ("1", "2")
    assert "sha256" in card["last_failure"]["reason"]
    assert client.post("/predict", json=ROW).json()["model_version"] == "1"
    assert "churn_model_load_failures_total 1.0" in client.get("/metrics").text
    assert (state / "server.log").read_text().count("was not loaded") == 1
    point(state, "3", str(bundles["2"]))
    until(lambda: client.get("/ready").json()["model_version"] == "3")


def test_a_lost_follower_is_reported(state):
    """The server goes on answering and its log says that it no longer follows."""
    with running(state, RUN) as (process, client):
        (follower,) = children(process.pid)
        os.kill(int(follower), signal.SIGKILL)
        until(lambda: "the follower ended with code -9" in (state / "server.log").read_text())
        assert client.post("/predict", json=ROW).status_code == 200


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_follower_ends_with_the_server(state, ending):
    """However the server is told to leave, it ends cleanly and takes its follower along."""
    with running(state, RUN) as (process, client):
        assert client.post("/predict", json=ROW).status_code == 200
        (follower,) = children(process.pid)
        process.send_signal(ending)
        assert process.wait(20) == 0
        until(lambda: not lives(follower))


def test_the_follower_ends_when_the_server_is_killed(state):
    """A server that had no chance to clean up leaves no follower behind."""
    with running(state, RUN) as (process, _):
        (follower,) = children(process.pid)
        process.kill()
        until(lambda: not lives(follower))


def lives(process):
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(process):
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()
