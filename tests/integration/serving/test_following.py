"""The whole server, its follower included, beside a registry: rollback, and a canary that comes and is sent away."""

from contextlib import closing
from importlib.resources import files

import pytest

from churn.params import ErrorRule
from churn.registry.ask import FileDesk
from churn.registry.registry import ALIAS, CHALLENGER, PLAN
from churn.rollout.plan import Plan
from churn.store import Event, Store
from pipelines.rollback import roll_back
from support.load import loading, post
from support.mlflow_file import NAME, make_registry, set_tag
from support.server import FAILS_HALF, RAISES, RUN, address, running, until
from support.tiny import ROW, build_bundle

CALLERS = 2
RULE = ErrorRule(good=0.001, bad=0.05, false_alarm=0.001, missed=0.05)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    return {str(seed + 1): build_bundle(folder / str(seed), seed) for seed in range(2)}


@pytest.fixture
def state(tmp_path, built, monkeypatch):
    """A workspace that is its own state folder, with two versions."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHURN_STATE", str(tmp_path))
    (tmp_path / "params.yaml").write_text((files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8"))
    make_registry(tmp_path, built)
    return tmp_path


def desk(state):
    return FileDesk(f"sqlite:///{state / 'mlflow.db'}", NAME)


def ask(number):
    return post("/predict", ROW | {"customer id": f"C{number % 500}"})


def test_a_rollback_is_one_command_and_takes_seconds(state, monkeypatch):
    """The champion before answers again, no request fails meanwhile, and the history says who went back, why, and to what."""
    made_of = {"bundle": "0b1c", "data": "d4e5", "commit": "c6f7"}
    desk(state).point(ALIAS, "2")
    with closing(Store(f"sqlite:///{state / 'store.db'}")) as log:
        log.create()
        log.record(Event("registered", "1", {"run": "r", **made_of}))
        log.record(Event("promoted", "1", {"before": None}))
        log.record(Event("promoted", "2", {"before": "1"}))
        with running(state, RUN, CHURN_POLL_SECONDS="1") as (_, client):
            monkeypatch.setenv("CHURN_PORT", str(address(client)[1]))
            with loading(address(client), ask, CALLERS) as record:
                done = roll_back(None, "complaints")
                assert client.get("/ready").json()["model_version"] == "1"
        assert (done.before, done.version, done.answers) == ("2", "1", True)
        assert desk(state).named(ALIAS).version.version == "1"
        line = log.history()[-1]
        assert (line.kind, line.version) == ("rolled back", "1")
        assert line.detail == {"before": "2", "reason": "complaints", **made_of}
    assert record.lost == []
    assert {answer.status for answer in record.answers} == {200}
    print(f"the server answered with the old version after {done.seconds:.2f} s")  # noqa: T201


def test_a_step_back_that_was_cut_short_is_not_taken_forward_when_it_is_repeated(state, monkeypatch):
    """The alias had moved and the line was not written: the same command writes it, and goes to no other version."""
    monkeypatch.setenv("CHURN_PORT", "1")  # where no server listens
    with closing(Store(f"sqlite:///{state / 'store.db'}")) as log:
        log.create()
        log.record(Event("promoted", "1", {"before": None}))
        log.record(Event("promoted", "2", {"before": "1"}))
        log.record(Event("rolling back", "1", {"before": "2", "reason": "complaints"}))
        desk(state).point(ALIAS, "1")
        done = roll_back(None, "complaints")
        assert (done.before, done.version, done.answers) == ("2", "1", False)
        line = log.history()[-1]
        assert (line.kind, line.version, line.detail["before"]) == ("rolled back", "1", "2")
    assert desk(state).named(ALIAS).version.version == "1"


def test_a_failing_canary_is_withdrawn_and_the_registry_hears_of_it(state):
    """It comes by alias and tag, fails half of its calls, is gone within ten seconds, and the alias with it; nobody noticed."""
    desk(state).point(ALIAS, "1")
    with running(state, FAILS_HALF % (1, RAISES) + RUN) as (_, client), loading(address(client), ask, CALLERS) as record:
        set_tag(state, "2", PLAN, Plan(mode="canary", share=0.3, slow_seconds=2, errors=RULE).model_dump_json())
        desk(state).point(CHALLENGER, "2")
        until(lambda: client.get("/model").json()["challenger"] or withdrawn(state), seconds=30)
        until(lambda: withdrawn(state), seconds=10)
        until(lambda: desk(state).named(CHALLENGER) is None, seconds=30)
    assert record.lost == []
    assert {answer.status for answer in record.answers} == {200}
    assert [line.version for line in withdrawn(state)] == ["2"]


def withdrawn(state):
    with closing(Store(f"sqlite:///{state / 'store.db'}")) as log:
        return [line for line in log.history() if line.kind == "withdrawn"]
