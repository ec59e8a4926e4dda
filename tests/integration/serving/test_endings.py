"""Servers that are killed or told to end under load: what was answered is on record, and nothing twice."""

import os
import signal
import time
from collections import Counter
from functools import partial

import httpx
import pytest

from churn.store import Store
from support.load import loading, post
from support.server import RUN, SERVE, address, logged, point, running, until
from support.tiny import ROW, build_bundle

KILLS = int(os.environ.get("CHURN_TEST_KILLS", "3"))
CALLERS = 16
LOADED_SECONDS = 1.0


@pytest.fixture(scope="module")
def bundle_folder(tmp_path_factory):
    return build_bundle(tmp_path_factory.mktemp("built") / "v1")


@pytest.fixture
def state(tmp_path, bundle_folder):
    point(tmp_path, "1", bundle_folder)
    return tmp_path


@pytest.fixture
def store(state):
    store = Store(f"sqlite:///{state / 'store.db'}")
    store.create()
    yield store
    store.close()


def single(number):
    """Each customer has an id of its own."""
    return post("/predict", ROW | {"customer id": number})


def mixed(life, number):
    """Some ask for many customers at once, some under a key of this life of the server."""
    if number % 7 == 0:
        return post("/predict/batch", {"customers": [ROW | {"customer id": number}] * 3})
    return post("/predict", ROW | {"customer id": number}, {"Idempotency-Key": f"{life}-{number}"} if number % 5 == 0 else None)


def predictions(answer):
    """The ids in an answer."""
    told = answer.json()
    return [one["prediction_id"] for one in told.get("predictions", [told])]


def acknowledged(answers):
    """Every id that was answered, with the number of its request. No id was given twice."""
    found = [(identity, str(answer.number)) for answer in answers for identity in predictions(answer)]
    assert len(dict(found)) == len(found)
    return dict(found)


def test_what_was_answered_survives_kills(state, store):
    """However often a loaded server is killed, every acknowledged prediction is found with its row, and none twice.

    CHURN_TEST_KILLS=20 kills that often.
    """
    answered, unanswered = {}, 0
    for life in range(KILLS):
        with running(state) as (process, client), loading(address(client), partial(mixed, life), CALLERS) as record:
            until(lambda record=record: len(record.answers) > 100)
            time.sleep(LOADED_SECONDS)
            process.send_signal(signal.SIGKILL)
            process.wait(20)
        assert {answer.status for answer in record.answers} == {200}
        fresh = acknowledged(record.answers)
        assert not fresh.keys() & answered.keys()
        answered |= fresh
        unanswered += len(record.lost)
    lines = logged(store)
    assert answered.keys() <= lines.keys()
    assert all(lines[identity]["customer"] == number for identity, number in answered.items())
    assert all(line["features"] == ROW for line in lines.values())
    print(f"{KILLS} kills, {len(answered)} predictions acknowledged, {len(lines)} on record, {unanswered} unanswered")  # noqa: T201


def test_after_a_kill_a_key_gives_the_first_answer(state, store):
    """A caller that cannot know whether it was answered asks again and gets one prediction."""
    keyed = [post("/predict", ROW | {"customer id": n}, {"Idempotency-Key": f"k{n}"}) for n in range(100)]
    with running(state) as (process, client), loading(address(client), lambda number: keyed[number % 100], 8) as record:
        until(lambda: len(record.answers) > 50)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    before = {answer.number % 100: answer.body for answer in record.of(200)}
    with running(state) as (_, client), loading(address(client), lambda number: keyed[number % 100], 8) as record:
        until(lambda: len(record.answers) > 300)
    after = {}
    for answer in record.of(200):
        assert after.setdefault(answer.number % 100, answer.body) == answer.body
    assert len(after) == 100
    assert before == {number: after[number] for number in before}
    assert Counter(line["customer"] for line in logged(store).values()) == {str(number): 1 for number in range(100)}


@pytest.mark.parametrize(
    ("script", "workers", "ending"),
    [(SERVE, "1", signal.SIGTERM), (SERVE, "1", signal.SIGINT), (RUN, "1", signal.SIGTERM), (RUN, "2", signal.SIGTERM)],
)
def test_an_end_under_load_loses_nothing(state, store, script, workers, ending):
    """The server stops being ready, answers whoever still asks, and ends: no request breaks off, each answer is on record."""
    settings = {"CHURN_DRAIN_SECONDS": "1.5", "CHURN_WORKERS": workers}
    with running(state, script, **settings) as (process, client), loading(address(client), single, CALLERS) as record:
        until(lambda: len(record.answers) > 200)
        process.send_signal(ending)
        until(lambda: httpx.get(f"{client.base_url}/ready").status_code == 503)
        still = len(record.answers)
        assert httpx.get(f"{client.base_url}/ready").json()["type"] == "urn:churn:problem:server-ending"
        assert httpx.get(f"{client.base_url}/health").status_code == 200
        process.wait(20)
    assert len(record.answers) > still + 100
    assert {answer.status for answer in record.answers} == {200}
    assert record.lost == []
    assert record.answers[-1].headers["connection"] == "close"
    assert acknowledged(record.answers).keys() == logged(store).keys()
