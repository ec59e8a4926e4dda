"""A challenger in an app, with models that do as they are told; the real server is in tests/integration."""

import json
import time
from types import SimpleNamespace

import pytest

from churn.bundle.open import ScoredRows
from churn.params import ErrorRule
from churn.rollout.plan import Plan
from churn.rollout.share import canary_salt, place
from serving.app import create_app
from serving.challenger.model import Challenger
from serving.challenger.pointer import TARGET, WITHDRAWN, Target, read_withdrawal, write
from serving.slot import Live

RULE = ErrorRule(good=0.001, bad=0.05, false_alarm=0.001, missed=0.05)
PLAN = Plan(mode="canary", share=0.5, slow_seconds=0.2, errors=RULE)
TAKEN, OTHER = (
    next(f"C{n}" for n in range(99) if (place(f"C{n}", canary_salt("2")) < PLAN.share) is taken) for taken in (True, False)
)


class Model:
    """A bundle like another one, whose scoring is handed in."""

    def __init__(self, bundle, score_rows):
        self.__dict__ |= bundle.__dict__
        self.score_rows = score_rows


def hang(rows):
    time.sleep(2)
    return ScoredRows([0.5] * len(rows), [False] * len(rows), [0] * len(rows))


WAYS = {
    "raises": lambda _: 1 / 0,
    "gives no number": lambda rows: ScoredRows([float("nan")] * len(rows), [False] * len(rows), [0] * len(rows)),
    "takes too long": hang,
}


def sure(rows):
    return ScoredRows([0.99] * len(rows), [True] * len(rows), [0] * len(rows))


@pytest.fixture
def challenged(bundle, slot):
    """Put a challenger beside the champion, whose scoring is handed in."""

    def challenge(score_rows, plan=PLAN):
        slot.challenger = Challenger(Live("2", Model(bundle, score_rows), slot.live.form), plan)
        return slot.challenger

    return challenge


@pytest.fixture
def wait():
    def until(condition):
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    return until


def test_it_answers_its_share_alone(client, challenged, row, store):
    """The answer and the record name the version that made it; everybody else meets the champion."""
    challenged(sure)
    ours = client.post("/predict", json=row | {"customer id": OTHER}).json()
    theirs = client.post("/predict", json=row | {"customer id": TAKEN}).json()
    assert (ours["model_version"], theirs["model_version"], theirs["probability"]) == ("1", "2", 0.99)
    kept = store.predictions[theirs["prediction_id"]]
    assert (kept.model_version, kept.customer, kept.contact) == ("2", TAKEN, True)
    told = client.get("/model").json()
    assert (told["version"], told["challenger"]) == ("1", {"version": "2", "share": 0.5, "answered": 1, "failed": 0})


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_where_it_fails_the_champion_answers(client, challenged, row, store, settings, slot, wait, way):
    """No request fails; when too many calls have, the challenger is gone, its file says so, and the history does."""
    challenged(way)
    answers = [client.post("/predict", json=row | {"customer id": TAKEN}) for _ in range(4)]
    assert {(answer.status_code, answer.json()["model_version"]) for answer in answers} == {(200, "1")}
    assert slot.challenger is None
    wait(lambda: store.history)
    assert read_withdrawal(settings.bundles).version == "2"
    (line,) = store.history
    assert (line.kind, line.version, line.detail["answered"], line.detail["failed"]) == ("withdrawn", "2", 0, 2)
    assert [one.error is not None for one in store.tried] == [True, True]


def test_one_failure_among_many_answers_is_borne(client, challenged, row, slot):
    """The rule asks for a share of failures, not for the first one."""
    calls = [*[sure] * 10, WAYS["raises"], *[sure] * 100]

    def next_of_them(rows):
        return calls.pop()(rows)

    challenged(next_of_them)
    versions = [client.post("/predict", json=row | {"customer id": TAKEN}).json()["model_version"] for _ in range(111)]
    assert versions == ["2"] * 100 + ["1"] + ["2"] * 10
    assert slot.challenger is not None


def test_a_history_that_cannot_be_written_is_written_later(client, challenged, row, store, slot, wait):
    """The withdrawal does not wait for the store."""
    challenged(WAYS["raises"])
    store.down = True
    for _ in range(2):
        client.post("/predict", json=row | {"customer id": TAKEN})
    assert slot.challenger is None
    store.down = False
    wait(lambda: [line.kind for line in store.history] == ["withdrawn"])


def test_a_row_without_an_id_is_known_by_its_values(client, challenged, row):
    """The same values meet the same model every time, and both models are met."""
    challenged(sure)
    rows = [{**row, "tenure": tenure} for tenure in range(20)]
    versions = [[client.post("/predict", json=one).json()["model_version"] for one in rows] for _ in range(2)]
    assert versions[0] == versions[1]
    assert set(versions[0]) == {"1", "2"}


def test_in_a_batch_its_customers_meet_it_and_the_others_the_champion(client, challenged, row, store):
    """Predictions in the order of the customers; those of the challenger name it, as the record does."""
    challenged(sure)
    names = [f"C{number}" for number in range(40)]
    answer = client.post("/predict/batch", json={"customers": [row | {"customer id": name} for name in names]}).json()
    for name, item in zip(names, answer["predictions"], strict=True):
        theirs = place(name, canary_salt("2")) < PLAN.share
        assert (item.get("model_version"), item["probability"] == 0.99) == (("2", True) if theirs else (None, False))
        kept = store.predictions[item["prediction_id"]]
        assert (kept.customer, kept.model_version) == (name, "2" if theirs else "1")
    assert answer["model_version"] == "1"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_batch_on_which_it_fails_is_the_champions(client, challenged, row, way):
    """Nobody's prediction is missing."""
    challenged(way)
    customers = [row | {"customer id": f"C{number}"} for number in range(20)]
    answer = client.post("/predict/batch", json={"customers": customers})
    assert answer.status_code == 200
    assert ["model_version" in item for item in answer.json()["predictions"]] == [False] * 20


@pytest.fixture
def target(bundle_folder):
    return Target(version="2", folder=str(bundle_folder), plan=PLAN)


def test_the_file_brings_a_challenger_and_takes_it_away(client, slot, settings, target, wait):
    """It comes with the file and leaves with it."""
    write(settings.bundles, target)
    wait(lambda: slot.challenger)
    assert (slot.challenger.live.version, slot.challenger.plan) == ("2", PLAN)
    (settings.bundles / TARGET).unlink()
    wait(lambda: not slot.challenger)


def test_a_withdrawal_by_another_worker_or_before_a_restart_counts(talk, settings, slot, store, target):
    """A server that starts finds both files and serves the champion alone."""
    write(settings.bundles, target)
    (settings.bundles / WITHDRAWN).write_text(json.dumps({"version": "2", "reason": "failed", "time": "2026-01-01T00:00:00Z"}))
    with talk(create_app(settings, slot, store)):
        assert slot.challenger is None


def test_one_that_does_not_open_or_fit_is_withdrawn(client, settings, store, other_bundle, tmp_path, wait):
    """The history says why; the champion answers on."""
    write(settings.bundles, Target(version="2", folder=str(tmp_path / "gone"), plan=PLAN))
    wait(lambda: len(store.history) == 1)
    write(settings.bundles, Target(version="3", folder=str(other_bundle.folder), plan=PLAN))
    wait(lambda: len(store.history) == 2)
    assert [line.version for line in store.history] == ["2", "3"]
    assert "'_score' would be unknown" in store.history[1].detail["reason"]
    assert client.get("/ready").json()["model_version"] == "1"


def test_a_challenger_with_its_columns_in_another_order_reads_them_by_name(bundle, slot, row):
    """Values arrive in the champion's order and are scored in the challenger's."""
    seen = []
    turned = SimpleNamespace(features=tuple(reversed(bundle.contract.features)))
    model = Model(bundle, lambda rows: seen.append(rows) or sure(rows))
    model.contract = turned
    read = slot.live.form.one(json.dumps(row).encode())
    Challenger(Live("2", model, slot.live.form), PLAN).score([read], bundle.contract.features, 0.0)
    assert [list(reversed(values)) for (values,) in seen] == [list(read.values)]
