"""A candidate on its way to champion beside a real server that is asked all the time."""

import json
import multiprocessing
import re
from contextlib import closing
from importlib.resources import files

import pytest

from churn.bundle.open import open_bundle
from churn.history import PROMOTED
from churn.registry import Registry
from churn.registry.track import register, track
from churn.store import Store
from pipelines.common import registry
from pipelines.deployment.begin import begin
from pipelines.deployment.end import close
from pipelines.deployment.promotion import promote
from pipelines.deployment.trial import Outcome
from pipelines.rollback import roll_back
from support.killed import deploy
from support.load import loading, post
from support.server import FAILS_HALF, RAISES, RUN, address, running, until
from support.tiny import ROW, build_bundle

CALLERS = 4
KNOBS = {
    "gate": "false",
    "evidence": "false",
    "shadow": "true",
    "canary": "true",
    "requests": "300",
    "share": "0.5",
    "minutes": "10",
    "slow_ms": "5000",
    "late_ms": "5000",
    "agreement": "0.5",
    "drift": "5",
    "shift": "0.3",
}


def quick_knobs(text):
    """params.yaml of one who tries out fast, on a machine that may be busy."""
    head, below = text.split("\ndeployment:", 1)
    ours, rest = below.split("\nmonitoring:", 1)
    for name, value in KNOBS.items():
        ours, found = re.subn(rf"(?m)^( +{name}: +)[^\s#]+", rf"\g<1>{value}", ours)
        assert found, name
    return f"{head}\ndeployment:{ours}\nmonitoring:{rest}"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A workspace whose state folder is itself, with three versions, the first of which is champion."""
    folder = tmp_path_factory.mktemp("rollout")
    (folder / "params.yaml").write_text(quick_knobs((files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")))
    models = Registry(f"sqlite:///{folder / 'state' / 'mlflow.db'}", "churn")
    (folder / "plots").mkdir()
    for seed in range(3):
        bundle = open_bundle(build_bundle(folder / f"built-{seed}", seed))
        register(models, bundle, track(models, bundle, {}, folder / "plots"))
    models.promote("1")
    models.download("1", folder / "state" / "bundles")
    return folder


def ask(number):
    changed = {"tenure": number % 72, "class": "basic" if number % 3 else "pro", "model_config": number % 5 > 2}
    return post("/predict", ROW | changed | {"customer id": f"C{number % 5_000}"})


def version_of(client):
    return client.get("/ready").json()["model_version"]


def lines_of(folder):
    with closing(Store(f"sqlite:///{folder / 'state' / 'store.db'}")) as log:
        return log.history()


def deployed(folder, candidate):
    """Deploy in a process of its own; the kinds of line that this wrote."""
    before = len(lines_of(folder))
    process = multiprocessing.get_context("spawn").Process(target=deploy, args=(folder, candidate, ""))
    process.start()
    process.join(400)
    assert process.exitcode == 0
    return [line.kind for line in lines_of(folder)[before:]]


def test_from_candidate_to_champion_and_back(state, monkeypatch):
    """Shadow, canary, promotion and rollback while customers ask: no answer fails, and each names the version that made it.

    A candidate that fails half of its calls in the canary is withdrawn by the server, and the champion stays.
    """
    monkeypatch.chdir(state)
    monkeypatch.setenv("CHURN_STATE", str(state / "state"))
    with running(state / "state", FAILS_HALF % (2, RAISES) + RUN) as (_, client):
        monkeypatch.setenv("CHURN_PORT", str(address(client)[1]))
        with loading(address(client), ask, CALLERS) as record:
            kinds = deployed(state, "2")
            assert version_of(client) == "2"
            back = roll_back(None, "a drill")
            assert version_of(client) == "1"
            refused = deployed(state, "3")
            until(lambda: not (state / "state" / "bundles" / "challenger.json").exists())
        assert version_of(client) == "1"
    assert kinds[1:] == [
        "shadow begun", "shadow ended", "canary begun", "canary ended", "promoting", "promoted", "deployment ended",
    ]  # fmt: skip
    assert (back.before, back.version, back.answers) == ("2", "1", True)
    assert refused[1:] == ["shadow begun", "shadow ended", "canary begun", "withdrawn", "canary ended", "deployment ended"]
    assert record.lost == []
    assert {answer.status for answer in record.answers} == {200}
    met = {json.loads(answer.body)["model_version"] for answer in record.answers}
    assert met <= {"1", "2", "3"}
    print(f"{len(record.answers)} answers; rollback in {back.seconds:.2f} s")  # noqa: T201


@pytest.fixture
def attempts(state, monkeypatch):
    """The history, in this process, of a workspace whose champion is the first version and whose server is not running."""
    monkeypatch.chdir(state)
    monkeypatch.setenv("CHURN_STATE", str(state / "state"))
    monkeypatch.setenv("CHURN_PORT", "1")
    registry().promote("1")
    with closing(Store(f"sqlite:///{state / 'state' / 'store.db'}")) as log:
        log.create()
        yield log
    registry().promote("1")


def kinds_of(log, trial):
    return [line.kind for line in log.history() if line.detail.get("attempt") == trial.number]


def test_who_goes_back_during_a_deployment_is_heeded(attempts):
    """The deployment ends without a promotion, and so does one whose candidate was compared with another champion."""
    trial = begin.fn("2", broken=False)
    assert promote.fn(trial).passed
    assert roll_back("1", "complaints").version == "1"
    ended = close.fn(trial, Outcome(True, "every step passed"))
    assert (ended.passed, ended.reason) == (False, "version 1 was made champion meanwhile")
    assert kinds_of(attempts, trial) == ["deployment", "promoting", "deployment ended"]
    late = begin.fn("3", broken=False)
    registry().promote("2")
    told = promote.fn(late)
    assert (told.passed, told.reason) == (False, "version 2 is champion now, and it was compared with 1")
    close.fn(late, told)
    assert not promote.fn(late).passed


def test_the_next_deployment_begins_where_a_killed_one_has_left_things(attempts):
    """What nobody verified is taken back and told; what was verified, and only not written down to the end, stays."""
    killed = begin.fn("2", broken=False)
    promote.fn(killed)
    trial = begin.fn("3", broken=False)
    assert (registry().champion().version, trial.before) == ("1", "1")
    assert kinds_of(attempts, killed) == ["deployment", "promoting", "undone", "deployment ended"]
    promote.fn(trial)
    trial.note(attempts, PROMOTED, before="1", reason="every step passed")
    last = begin.fn("2", broken=False)
    assert (registry().champion().version, last.before) == ("3", "3")
    ended = [line for line in attempts.history() if line.detail.get("attempt") == trial.number][-1]
    assert (ended.kind, ended.detail["promoted"], ended.detail["reason"]) == ("deployment ended", True, "every step passed")
    close.fn(last, Outcome(False, "enough"))
