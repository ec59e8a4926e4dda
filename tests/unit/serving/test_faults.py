"""What the server says while its model hangs, its store fails, or its clock jumps."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from serving.app import create_app
from serving.crew import SPARE
from serving.slot import Live

PATIENCE = 0.3


class HangingBundle:
    """A bundle whose calls do not come back before `go` is set."""

    def __init__(self, bundle):
        self.bundle, self.go = bundle, threading.Event()

    def score_rows(self, rows):
        assert self.go.wait(30)
        return self.bundle.score_rows(rows)

    def __getattr__(self, name):
        return getattr(self.bundle, name)


@pytest.fixture
def hanging(bundle):
    hanging = HangingBundle(bundle)
    yield hanging
    hanging.go.set()


@pytest.fixture
def client(settings, slot, store, talk):
    with talk(create_app(settings.model_copy(update={"answer_seconds": PATIENCE}), slot, store)) as client:
        yield client


def hang(slot, hanging):
    slot.swap(replace(slot.current(), bundle=hanging))


@pytest.mark.parametrize(
    ("path", "headers"), [("/predict", {}), ("/predict/batch", {}), ("/predict", {"idempotency-key": "1"})]
)
def test_a_model_that_hangs_is_not_waited_for(client, slot, hanging, bundle, store, row, path, headers):
    """Its requests are 503 within the time, others are answered meanwhile and after, and nothing is written late."""
    body = {"customers": [row]} if "batch" in path else row
    hang(slot, hanging)
    with ThreadPoolExecutor(1) as pool:
        start = time.monotonic()
        asked = pool.submit(client.post, path, json=body, headers=headers)
        assert client.get("/health").status_code == 200
        answer = asked.result()
    assert PATIENCE * 0.9 < time.monotonic() - start < PATIENCE + 5
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:churn:problem:no-answer"
    slot.swap(Live.of("2", bundle))
    assert client.post(path, json=body, headers=headers).status_code == 200
    assert client.get("/ready").status_code == 200
    hanging.go.set()
    time.sleep(0.1)
    assert len(store.predictions) == 1


def test_a_process_that_lost_too_many_calls_says_so(client, slot, hanging, bundle, row):
    """Each hung call costs a thread. After the last spare one nothing is asked, and the probes demand a restart."""
    hang(slot, hanging)
    for _ in range(SPARE + 1):
        assert client.get("/health").status_code == 200
        assert client.post("/predict", json=row).status_code == 503
    slot.swap(Live.of("2", bundle))
    start = time.monotonic()
    assert client.post("/predict", json=row).status_code == 503
    assert time.monotonic() - start < PATIENCE
    for path in ("/health", "/ready"):
        probe = client.get(path)
        assert probe.status_code == 503
        assert "restart the server" in probe.json()["detail"]
    hanging.go.set()
    deadline = time.monotonic() + 10
    while client.get("/health").status_code != 200:
        assert time.monotonic() < deadline
    assert client.post("/predict", json=row).status_code == 200


def test_without_a_record_there_is_no_answer(client, store, row):
    """A store that fails is 503 with its reason, and nothing is answered."""
    store.down = True
    for path, body in (("/predict", row), ("/predict/batch", {"customers": [row]})):
        answer = client.post(path, json=body)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:churn:problem:store-unavailable"
        assert "the store is down" in answer.json()["detail"]
        assert "probability" not in answer.text


def test_a_setting_has_answers_given_without_a_record(settings, slot, store, talk, row):
    """They say that they are not on record and are counted apart; those under a key are still refused."""
    with talk(create_app(settings.model_copy(update={"answer_unrecorded": True}), slot, store)) as client:
        recorded = client.post("/predict", json=row).json()
        store.down = True
        one = client.post("/predict", json=row).json()
        many = client.post("/predict/batch", json={"customers": [row] * 5}).json()
        keyed = client.post("/predict", json=row, headers={"idempotency-key": "1"})
        store.down = False
        again = client.post("/predict", json=row).json()
        metrics = client.get("/metrics").text
    assert (one["recorded"], many["recorded"]) == (False, False)
    assert one["probability"] == recorded["probability"]
    assert "recorded" not in recorded | again
    assert keyed.status_code == 503
    assert set(store.predictions) == {recorded["prediction_id"], again["prediction_id"]}
    assert "churn_unrecorded_answers_total 6.0" in metrics
    assert "churn_rows_scored_total 2.0" in metrics
    assert "churn_log_failures_total 2.0" in metrics


def test_before_the_end_the_server_is_not_ready(slot, settings, store, talk, row):
    """Readiness goes first; what comes meanwhile is answered."""
    app = create_app(settings, slot, store)
    with talk(app) as client:
        assert client.get("/ready").status_code == 200
        app.state.parts.leaving.begun = True
        assert client.get("/ready").status_code == 503
        assert client.get("/ready").json()["type"] == "urn:churn:problem:server-ending"
        assert client.get("/health").status_code == 200
        assert client.post("/predict", json=row).status_code == 200
