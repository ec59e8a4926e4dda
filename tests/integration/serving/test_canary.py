"""A challenger that answers a share of the customers of a real server, and how it is withdrawn."""

import json
import time

import pytest

from churn.params import ErrorRule
from churn.rollout.plan import Plan
from churn.rollout.share import canary_salt, place
from churn.store import Store
from serving.challenger.pointer import WITHDRAWN, Target, write
from support.load import loading, post
from support.server import FAILS_HALF, SERVE, address, logged, point, running, until
from support.tiny import ROW, build_bundle

CALLERS, CUSTOMERS = 8, 500
PLAN = Plan(
    mode="canary",
    share=0.3,
    slow_seconds=0.5,
    errors=ErrorRule(good=0.001, bad=0.05, false_alarm=0.001, missed=0.05),
)
WAYS = {
    "it raises": "raise RuntimeError('no memory')",
    "its score is not a number": "from churn.bundle.open import ScoredRows; return ScoredRows([float('nan')], [False], [0])",
    "it takes too long": "import time; time.sleep(2)",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    return [build_bundle(folder / name, seed) for seed, name in enumerate(("one", "two"))]


@pytest.fixture
def state(tmp_path, built):
    point(tmp_path, "1", built[0])
    write(tmp_path / "bundles", Target(version="2", folder=str(built[1]), plan=PLAN))
    return tmp_path


def ask(number):
    return post("/predict", ROW | {"customer id": f"C{number % CUSTOMERS}"})


def shared(number):
    return place(f"C{number % CUSTOMERS}", canary_salt("2")) < PLAN.share


def test_the_challenger_answers_its_share_and_nobody_else(state):
    """Each customer gets the same model every time; answers name it, and each is on record with it."""
    with running(state) as (_, client), loading(address(client), ask, CALLERS) as record:
        until(lambda: len(record.answers) > 2 * CUSTOMERS, seconds=60)
    assert record.lost == []
    assert {answer.status for answer in record.answers} == {200}
    for answer in record.answers:
        assert answer.json()["model_version"] == ("2" if shared(answer.number) else "1")
    store = Store(f"sqlite:///{state / 'store.db'}")
    told = {answer.json()["prediction_id"]: answer.json()["model_version"] for answer in record.answers}
    assert {identity: line["model_version"] for identity, line in logged(store).items()} == told
    store.close()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_challenger_that_fails_half_of_its_calls_is_withdrawn(state, way):
    """Within ten seconds, no answer fails, nobody beyond its share met it, and the withdrawal is in the history."""
    with (
        running(state, FAILS_HALF % (1, way) + SERVE) as (_, client),
        loading(address(client), ask, CALLERS) as record,
    ):
        began = time.monotonic()
        until((state / "bundles" / WITHDRAWN).exists, seconds=10)
        took = time.monotonic() - began
        late = len(record.answers) + 200
        until(lambda: len(record.answers) > late)
    assert took < 10
    assert record.lost == []
    assert {answer.status for answer in record.answers} == {200}
    met = [answer.number for answer in record.answers if answer.json()["model_version"] == "2"]
    assert all(shared(number) for number in met)
    assert max(met, default=0) < late
    store = Store(f"sqlite:///{state / 'store.db'}")
    (line,) = (line for line in store.history() if line.kind == "withdrawn")
    store.close()
    assert (line.version, line.detail["failed"] > 0) == ("2", True)
    assert json.loads((state / "bundles" / WITHDRAWN).read_text())["version"] == "2"
