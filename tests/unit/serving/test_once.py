"""Idempotency-Key, through the front door."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from churn.store import Store
from serving.app import create_app
from serving.keys.key import make
from serving.slot import Live, ModelSlot

KEY = {"idempotency-key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


def test_the_first_answer_is_given_again(client, store, row):
    """Byte for byte, with one prediction in the store; each key has an answer of its own."""
    first, again = (client.post("/predict", json=row, headers=KEY) for _ in range(2))
    assert first.status_code == 200
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert list(store.predictions) == [first.json()["prediction_id"]]
    other = client.post("/predict", json=row, headers={"idempotency-key": "other"})
    assert other.json()["prediction_id"] != first.json()["prediction_id"]
    assert "churn_rows_scored_total 2.0" in client.get("/metrics").text


def test_the_first_answer_outlives_its_model(client, slot, other_bundle, row):
    """After a swap, even to a model that would refuse the body, and without any model, the first answer stands."""
    first = client.post("/predict", json=row, headers=KEY)
    slot.swap(Live.of("2", other_bundle))
    assert client.post("/predict", json=row).status_code == 422
    assert client.post("/predict", json=row, headers=KEY).content == first.content
    slot._live = None
    assert client.post("/predict", json=row, headers=KEY).content == first.content


def test_a_batch_is_answered_once(client, store, row):
    """The same holds for many customers."""
    body = {"customers": [row] * 30}
    first, again = (client.post("/predict/batch", json=body, headers=KEY) for _ in range(2))
    assert again.content == first.content
    assert len(first.json()["predictions"]) == len(store.predictions) == 30


def test_an_answer_under_a_key_is_like_any_other(client, store, row):
    """It has the same fields and values, reasons included, and is logged alike."""
    for path, body in (("/predict", row), ("/predict?explain=3", row), ("/predict/batch", {"customers": [row, row]})):
        plain, keyed = client.post(path, json=body), client.post(path, json=body, headers={"idempotency-key": path})
        mark = [json.dumps(one["prediction_id"]) for one in (*plain.json().get("predictions", [plain.json()]),)]
        keyed_mark = [json.dumps(one["prediction_id"]) for one in (*keyed.json().get("predictions", [keyed.json()]),)]
        text = keyed.text
        for own, its in zip(mark, keyed_mark, strict=True):
            text = text.replace(its, own)
        assert text == plain.text
    assert len({one.features["tenure"] for one in store.predictions.values()}) == 1


@pytest.mark.parametrize(
    ("path", "change"), [("/predict", {"tenure": 6}), ("/predict?explain=1", {}), ("/predict/batch", {"tenure": 6})]
)
def test_a_key_is_good_for_one_request(client, store, row, path, change):
    """Another body, other parameters or another path under the same key are refused, and nothing is predicted."""
    assert client.post("/predict", json=row, headers=KEY).status_code == 200
    body = row | change
    refused = client.post(path, json={"customers": [body]} if "batch" in path else body, headers=KEY)
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:churn:problem:key-reused"
    assert [error["field"] for error in refused.json()["errors"]] == ["Idempotency-Key"]
    assert len(store.predictions) == 1


def test_what_was_refused_may_be_sent_again(client, store, row):
    """A wrong body and a store that is down use up no key."""
    assert client.post("/predict", json={}, headers=KEY).status_code == 422
    store.down = True
    assert client.post("/predict", json=row, headers=KEY).status_code == 503
    store.down = False
    assert client.post("/predict", json=row, headers=KEY).status_code == 200


@pytest.mark.parametrize(
    "sent", ["", '""', '"', '"a', 'a"b', '"a"b"', "a b", "x" * 256, '"' + "x" * 256 + '"', "ä".encode(), b"\x7f"]
)
def test_a_malformed_key_is_400(client, store, row, sent):
    """What is no text of visible characters is refused before anything is done."""
    refused = client.post("/predict", json=row, headers=[("idempotency-key", sent)])
    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == ["Idempotency-Key"]
    assert store.predictions == {}


def test_two_keys_are_malformed(client, row):
    """A request has one."""
    assert client.post("/predict", json=row, headers=[("idempotency-key", "a"), ("idempotency-key", "a")]).status_code == 400


def test_quotes_are_not_part_of_the_key(client, row):
    """A quoted and a bare spelling of one key are the same."""
    first = client.post("/predict", json=row, headers={"idempotency-key": r'"a\\b"'})
    assert client.post("/predict", json=row, headers={"idempotency-key": r"a\b"}).content == first.content


def test_a_key_belongs_to_its_holder(settings, slot, store, talk, row):
    """Two callers that choose the same key get answers of their own; after a rotation the holder is the same."""
    (one, line), (two, other), (rotated, third) = (make(name, ["predict"]) for name in ("shop", "bank", "shop"))
    guarded = settings.model_copy(update={"api_keys": type(settings.api_keys)(f"{line}\n{other}\n{third}")})
    with talk(create_app(guarded, slot, store)) as client:
        answers = [client.post("/predict", json=row, headers=KEY | {"x-api-key": secret}) for secret in (one, two, rotated)]
    assert answers[0].content == answers[2].content
    assert answers[0].content != answers[1].content


class Gate:
    """A store whose next write waits for `go`."""

    def __init__(self, store):
        self.store, self.go, self.entered = store, threading.Event(), threading.Event()

    def keep(self, answers):
        self.entered.set()
        assert self.go.wait(20)
        return self.store.keep(answers)

    def __getattr__(self, name):
        return getattr(self.store, name)


def test_twins_wait_for_the_first(settings, slot, store, talk, row):
    """Of ten equal requests at once one is predicted, and all get its answer; another body is refused meanwhile too."""
    gate = Gate(store)
    with talk(create_app(settings, slot, gate)) as client, ThreadPoolExecutor(11) as pool:
        twins = [pool.submit(client.post, "/predict", json=row, headers=KEY) for _ in range(10)]
        other = pool.submit(client.post, "/predict", json=row | {"tenure": 6}, headers=KEY)
        assert gate.entered.wait(20)
        gate.go.set()
        answers = [twin.result() for twin in twins]
        statuses = sorted(answer.status_code for answer in [*answers, other.result()])
    assert len(store.predictions) == 1
    assert statuses in ([200] * 10 + [422], [200] + [422] * 10)
    assert len({answer.content for answer in answers}) == 1


def test_processes_agree_on_the_first_answer(settings, bundle, talk, row):
    """Two apps on one database that are asked at the same time answer alike, and one prediction is in the store."""
    stores = [Store(settings.store_url) for _ in range(2)]
    stores[0].create()
    gates = [Gate(store) for store in stores]
    slots = [ModelSlot(), ModelSlot()]
    for version, one in enumerate(slots):
        one.swap(Live.of(str(version), bundle))
    apps = [create_app(settings, one, gate) for one, gate in zip(slots, gates, strict=True)]
    with talk(apps[0]) as first, talk(apps[1]) as second, ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(client.post, "/predict", json=row, headers=KEY) for client in (first, second)]
        for gate in gates:
            assert gate.entered.wait(20)
        for gate in gates[::-1]:
            gate.go.set()
        answers = {one.result().content for one in asked}
    assert len(answers) == 1
    logged = [line for snapshot in stores[0].snapshots() for line in stores[0].window(snapshot)]
    assert [line["id"] for line in logged] == [json.loads(answers.pop())["prediction_id"]]
    for store in stores:
        store.close()


def test_the_page_documents_the_header(client):
    """Both routes name the parameter."""
    page = client.get("/openapi.json").json()
    for path in ("/predict", "/predict/batch"):
        names = [(one["name"], one["in"]) for one in page["paths"][path]["post"]["parameters"]]
        assert ("Idempotency-Key", "header") in names
