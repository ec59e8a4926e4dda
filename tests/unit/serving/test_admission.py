"""What becomes of requests beyond those that the server can answer soon."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from serving.app import create_app

MOST, BATCHES = 3, 2


class HeldStore:
    """Holds every write until `go`."""

    def __init__(self, store):
        self.store, self.go = store, threading.Event()

    def log(self, made):
        assert self.go.wait(20)
        self.store.log(made)

    def __getattr__(self, name):
        return getattr(self.store, name)


@pytest.fixture
def held(store):
    held = HeldStore(store)
    yield held
    held.go.set()


@pytest.fixture
def client(settings, slot, held, talk):
    with talk(create_app(settings.model_copy(update={"most_waiting": MOST, "most_batches": BATCHES}), slot, held)) as client:
        yield client


@pytest.mark.parametrize(("path", "most"), [("/predict", MOST), ("/predict/batch", BATCHES)])
def test_beyond_the_bound_requests_are_turned_away(client, held, store, row, path, most):
    """Who comes when as many wait as may is told at once to come again later; those who wait are answered and logged."""
    body = row if path == "/predict" else {"customers": [row]}
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(client.post, path, json=body) for _ in range(20)]
        refused = []
        while len(refused) < 20 - most:
            refused = [one.result() for one in asked if one.done()]
        assert {answer.status_code for answer in refused} == {429}
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        assert {answer.json()["type"] for answer in refused} == {"urn:churn:problem:overloaded"}
        assert client.get("/health").status_code == 200
        assert store.predictions == {}
        held.go.set()
        answers = [one.result() for one in asked]
    assert sorted(answer.status_code for answer in answers) == [200] * most + [429] * (20 - most)
    assert len(store.predictions) == most
    assert f"churn_shed_requests_total {20 - most:.1f}" in client.get("/metrics").text
    assert client.post(path, json=body).status_code == 200


def test_full_of_batches_single_customers_are_still_let_in(client, held, row):
    """Large requests and small ones do not take each other's places."""
    with ThreadPoolExecutor(20) as pool:
        batches = [pool.submit(client.post, "/predict/batch", json={"customers": [row]}) for _ in range(BATCHES + 1)]
        while not any(one.done() for one in batches):
            pass
        single = pool.submit(client.post, "/predict", json=row)
        held.go.set()
        assert single.result().status_code == 200


def test_a_failure_gives_its_place_back(client, held, store, row):
    """Refused bodies and failed writes leave the lane."""
    held.go.set()
    for _ in range(MOST + 1):
        assert client.post("/predict", json={}).status_code == 422
    store.down = True
    for _ in range(MOST + 1):
        answer = client.post("/predict", json=row)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    store.down = False
    assert client.post("/predict", json=row).status_code == 200
