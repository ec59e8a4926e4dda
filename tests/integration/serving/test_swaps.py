"""Champions that follow each other under load, and challengers that must not."""

import os
import shutil
from collections import Counter
from itertools import cycle

import pytest

from churn.bundle.open import open_bundle
from churn.store import Store
from support.load import loading, post
from support.server import SERVE, address, logged, point, running, until
from support.tiny import ROW, alter, build_bundle, recorded_elsewhere, without_number

SWAPS = int(os.environ.get("CHURN_TEST_SWAPS", "5"))
REQUESTS = 1000 * SWAPS
CALLERS = 16
ROWS = [ROW | {"tenure": tenure, "class": kind} for tenure in range(0, 72, 3) for kind in ("basic", "pro")]
UNPICKLING_ENDS_IT = """
import os, sys
sys.addaudithook(lambda event, _: os._exit(1) if event == "pickle.find_class" else None)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Bundles that a server may be pointed at: two good ones, and bad ones of each kind."""
    folder = tmp_path_factory.mktemp("built")
    found = {name: build_bundle(folder / name, seed) for seed, name in enumerate(("one", "two"))}
    found["contract"] = build_bundle(folder / "contract", without="_score")
    found["NaN"] = alter(found["two"], folder / "NaN", "model.onnx", without_number)
    found["scores"] = alter(found["two"], folder / "scores", "reference.jsonl", recorded_elsewhere)
    found["hash"] = shutil.copytree(found["two"], folder / "hash")
    (found["hash"] / "decision.json").write_text("{}")
    return found


@pytest.fixture
def state(tmp_path, built):
    point(tmp_path, "1", built["one"])
    return tmp_path


def version_of(client):
    return client.get("/ready").json()["model_version"]


def failed_of(client):
    return (client.get("/model").json()["last_failure"] or {}).get("version")


def test_swaps_under_load_fail_nobody_and_mix_nothing(state, built):
    """While champions change, every answer names the version that made it and is that version's score of its row.

    Between two good champions a bad one of each kind is refused, and the one before it serves on.
    CHURN_TEST_SWAPS=100 makes that many swaps under at least a thousand requests for each.
    """
    good, bad = cycle(("two", "one")), cycle(("hash", "NaN", "scores", "contract"))
    made_by = {"1": "one"}
    with (
        running(state) as (_, client),
        loading(address(client), lambda n: post("/predict", ROWS[n % len(ROWS)]), CALLERS) as record,
    ):
        for number in range(2, SWAPS + 2):
            version, refused = str(number), f"{number}-bad"
            made_by[version] = next(good)
            point(state, version, built[made_by[version]])
            until(lambda version=version: version_of(client) == version)
            point(state, refused, built[next(bad)])
            until(lambda refused=refused: failed_of(client) == refused)
            assert version_of(client) == version
            until(lambda number=number: len(record.answers) > (number - 1) * REQUESTS / SWAPS, seconds=120)
    assert record.lost == []
    assert {answer.status for answer in record.answers} == {200}
    assert len(record.answers) >= REQUESTS
    verify(record.answers, made_by, built)
    store = Store(f"sqlite:///{state / 'store.db'}")
    lines = logged(store)
    store.close()
    told = {answer.json()["prediction_id"]: answer.json()["model_version"] for answer in record.answers}
    assert {identity: line["model_version"] for identity, line in lines.items()} == told
    print(f"{SWAPS} swaps, {len(record.answers)} requests, each version's answers {min(counts(told))} or more")  # noqa: T201


def counts(told):
    return Counter(told.values()).values()


def verify(answers, made_by, built):
    """Every answer holds the score, threshold and data of the version that it names."""
    bundles = {name: open_bundle(built[name]) for name in ("one", "two")}
    scores = {name: bundle.score(ROWS).probability.tolist() for name, bundle in bundles.items()}
    assert min(abs(one - two) for one, two in zip(scores["one"], scores["two"], strict=True)) > 1e-6
    seen = set()
    for answer in answers:
        told = answer.json()
        name = made_by[told["model_version"]]
        assert told["probability"] == pytest.approx(scores[name][answer.number % len(ROWS)], abs=1e-9)
        assert (told["threshold"], told["data_hash"]) == (bundles[name].threshold, bundles[name].data_hash)
        seen.add(told["model_version"])
    assert seen == made_by.keys()


def test_a_planned_change_of_the_contract_takes_a_restart(state, built):
    """A running server refuses the champion and says how; one that starts takes it."""
    with running(state) as (_, client):
        point(state, "2", built["contract"])
        until(lambda: failed_of(client) == "2")
        reason = client.get("/model").json()["last_failure"]["reason"]
        assert "'_score' would be unknown" in reason
        assert "stop the server, run `churn deploy` and start it" in reason
        assert client.post("/predict", json=ROW).json()["model_version"] == "1"
    with running(state) as (_, client):
        assert version_of(client) == "2"
        assert client.post("/predict", json=ROW).status_code == 422


def test_the_serving_process_loads_no_training_library(state, built):
    """After predictions, reasons, batches, outcomes and a swap its memory maps none of their files; it unpickles nothing."""
    with running(state, UNPICKLING_ENDS_IT + SERVE) as (process, client):
        one = client.post("/predict?explain=5", json=ROW).json()
        client.post("/predict/batch", json={"customers": [ROW] * 10})
        report = {"prediction_id": one["prediction_id"], "churned": True}
        assert client.post("/outcomes", json={"outcomes": [report]}).json()["recorded"] == 1
        point(state, "2", built["two"])
        until(lambda: version_of(client) == "2")
        assert process.poll() is None
        with open(f"/proc/{process.pid}/maps") as maps:  # noqa: PTH123
            files = {line.split()[-1] for line in maps if "site-packages" in line}
    assert any("onnxruntime" in file for file in files)
    assert not [file for file in files for name in ("sklearn", "pandas", "scipy", "evidently") if f"/{name}/" in file]
