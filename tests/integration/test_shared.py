"""The set-up that several people share (docs/shared.md): logins, PostgreSQL, a bucket; and parts of it that fail.

CHURN_TEST_OUTAGE=60 leaves MLflow away for a minute longer.
"""

import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path

import httpx
import pytest

from churn.errors import BudgetSpent, DeploymentUnderWay, LoginRefused
from churn.history import PROMOTED, reigns
from churn.registry.light import LightRegistry, registry_at
from churn.simulate import live
from churn.store import Store
from pipelines import stack, tracking
from pipelines.deployment.attempts import BEGUN, ENDED, under_way
from support.bucket import NAME, bucket
from support.company import CALL, working
from support.load import loading, post
from support.quick import quickest
from support.server import RUN, until

LOGIN = ("ada", "a-long-password")
OUTAGE = float(os.environ.get("CHURN_TEST_OUTAGE", "0"))
SHARED = (Path(__file__).parents[2] / "docs" / "shared.md").read_text(encoding="utf-8")
BY_HAND = "a drill"  # candidates that differ in a cost alone are no better, so a person overrules the gate


@pytest.fixture(scope="module")
def shared(tmp_path_factory, settings_in, postgres):
    """The company in the shared set-up."""
    folder = tmp_path_factory.mktemp("shared")
    settings = settings_in(folder / "state")
    params = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
    with bucket(folder / "bucket.log") as s3:
        variables = {
            "CHURN_STORE_URL": postgres.database(),
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": postgres.database().replace("postgresql", "postgresql+asyncpg"),
            "PREFECT_SERVER_API_AUTH_STRING": ":".join(LOGIN),
            "MLFLOW_BACKEND_STORE_URI": postgres.database().replace("postgresql", "postgresql+psycopg"),
            "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{NAME}/mlflow",
            "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{settings.mlflow_port}",
            "MLFLOW_TRACKING_USERNAME": LOGIN[0],
            "MLFLOW_TRACKING_PASSWORD": LOGIN[1],
            **s3,
        }
        (folder / "work").mkdir()
        with working(folder / "work", settings, quickest(params), list(live(7, 700, 4, 9)), 2, variables) as made:
            yield made


@pytest.fixture
def log(shared):
    """The store that all share."""
    with closing(Store(shared.shared["CHURN_STORE_URL"])) as store:
        store.create()
        yield store


@pytest.fixture(scope="module")
def champion(shared):
    """The first champion, trained in this set-up."""
    version = shared.call("pipelines.development:development")
    assert shared.call("pipelines.deployment:deployment", version)
    return version


def now_champion(shared):
    with shared.inside():
        found = registry_at(shared.shared["MLFLOW_TRACKING_URI"], "churn").champion()
    return found and found.version


def candidate(shared, worth):
    return shared.call("support.people:bring", float(worth))


def submit(pool, name, *arguments):
    return pool.submit(eval, CALL.format(name=name, arguments=arguments))


def whole(log, champion):
    """The kinds of line, once nothing is under way and the history agrees with the registry on who is champion."""
    log.check_history()
    history = log.history()
    assert under_way(history) is None
    assert [one.version for one in reigns(history)][-1] == champion
    return [line.kind for line in history]


def has_begun(log, version, kind=BEGUN):
    until(lambda: any((line.kind, line.version) == (kind, version) for line in log.history()), 300)


def has_ended(shared, run, seconds=400):
    until(lambda: shared.state(run)[0] not in ("SCHEDULED", "PENDING", "RUNNING"), seconds)
    return shared.state(run)[1]


def test_every_variable_of_the_set_up_is_documented(shared):
    """What this set-up is made of stands in the table of docs/shared.md."""
    table = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", SHARED))
    assert shared.shared.keys() <= table


@pytest.mark.parametrize("login", [None, ("ada", "guessed-password"), ("admin", "password")])
@pytest.mark.parametrize(
    ("port", "path"), [("prefect_port", "/api/flows/count"), ("mlflow_port", "/api/2.0/mlflow/registered-models/search")]
)
def test_without_the_login_nothing_is_told(shared, port, path, login):
    """Prefect and MLflow answer 401 to nobody, to a wrong password, and to the password that MLflow once came with."""
    address = f"http://127.0.0.1:{getattr(shared.settings, port)}{path}"
    method = "POST" if "count" in path else "GET"
    assert httpx.request(method, address, auth=login, timeout=30).status_code == 401
    assert httpx.request(method, address, auth=LOGIN, timeout=30).status_code == 200


def test_a_wrong_login_is_told_in_one_line(shared, monkeypatch):
    """By MLflow's client and by the light one; it would be wrong on the next try too, so no flow tries again."""
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "guessed-password")
    for registry in (shared.registry, registry_at(shared.registry.uri, "churn")):
        with pytest.raises(LoginRefused, match=r"^the registry \S+ refuses the login \(.*\); set MLFLOW_TRACKING_USERNAME"):
            registry.champion()


def test_mlflow_answers_to_its_own_names_only(shared):
    """A page of somebody else, whose name a browser was made to resolve to this machine, gets nothing."""
    address = f"http://127.0.0.1:{shared.settings.mlflow_port}/api/2.0/mlflow/registered-models/search"
    assert httpx.get(address, auth=LOGIN, headers={"Host": "evil.example"}, timeout=30).status_code == 403


def test_the_loop_turns(shared, champion, log):
    """Trained, registered and deployed; an answer by HTTP, its outcome, and a verdict: with logins, PostgreSQL and the bucket.

    The follower brings the champion to the server, with the login and without MLflow's client.
    """
    with shared.inside():
        assert isinstance(registry_at(shared.registry.uri, "churn"), LightRegistry)
    shared.start(stack.api)
    month = shared.months[2]
    rows = month.rows.astype(object).where(month.rows.notna(), None).to_dict(orient="records")
    with httpx.Client(base_url=shared.settings.api_url, timeout=60) as client:
        until(lambda: client.get("/ready").json().get("model_version") == champion, 90)
        answered = client.post("/predict/batch", json={"customers": rows}).json()["predictions"]
        told = [
            {"prediction_id": one["prediction_id"], "churned": bool(left)}
            for one, left in zip(answered, month.churned, strict=True)
        ]
        assert client.post("/outcomes", json={"outcomes": told}).json()["recorded"] == len(rows)
    shared.kill("api")
    assert shared.call("pipelines.monitoring:monitoring") == "steady"
    assert [line.kind for line in log.history()][:2] == ["registered", BEGUN]
    assert now_champion(shared) == champion


def in_bucket(shared, prefix):
    listed = httpx.get(f"{shared.shared['AWS_ENDPOINT_URL']}/{NAME}", params={"list-type": 2, "prefix": prefix}, timeout=30)
    return re.findall("<Key>([^<]+)</Key>", listed.text)


def test_bundles_and_data_are_in_the_bucket(shared, champion):
    """MLflow's server puts the bundle and the evidence there, and `dvc push` the data, which comes back from nowhere else."""
    names = [Path(name).name for name in in_bucket(shared, "mlflow/")]
    assert {"model.onnx", "manifest.json", "card.html"} <= set(names)
    before = {path.name: path.read_bytes() for path in (shared.folder / "data").iterdir()}
    for words in (["remote", "add", "-d", "store", f"s3://{NAME}/dvc"], ["push", "-q", "data.dvc"]):
        assert shared.call("dvc.cli:main", words) == 0
    assert len(in_bucket(shared, "dvc/")) == len(before) + 1  # and the list of them
    shared.call("shutil:rmtree", str(shared.folder / "data"))
    shared.call("shutil:rmtree", str(shared.folder / ".dvc" / "cache"))
    assert shared.call("dvc.cli:main", ["pull", "-q", "data.dvc"]) == 0
    assert {path.name: path.read_bytes() for path in (shared.folder / "data").iterdir()} == before


def test_a_registry_that_is_down_is_waited_for(shared, champion, log):
    """MLflow is killed in the middle of a deployment and started again: the deployment goes on by itself and ends well."""
    version = candidate(shared, 201)
    deploying = submit(shared.pool, "pipelines.deployment:deployment", version, False, BY_HAND)
    has_begun(log, version)
    shared.kill("mlflow")
    time.sleep(OUTAGE)
    assert not deploying.done()
    shared.start(tracking.tracking_server)
    assert deploying.result(240)
    assert now_champion(shared) == version
    assert whole(log, version).count(BEGUN) == 2


def test_one_of_two_people_deploys(shared, champion, log):
    """Of two who deploy two candidates at the same moment one succeeds; the other is told so, and her candidate can follow."""
    versions = [candidate(shared, worth) for worth in (202, 203)]
    sign = shared.folder / "now"
    with shared.inside(), ProcessPoolExecutor(1, get_context("spawn")) as other:
        pools = (shared.pool, other)
        other.submit(eval, "__import__('pipelines.deployment').__name__").result(120)
        both = [submit(pool, "support.people:deploy_when", str(sign), v) for pool, v in zip(pools, versions, strict=True)]
        sign.touch()
        refused = [one.exception(240) for one in both]
    assert sorted(type(error) for error in refused if error) == [DeploymentUnderWay]
    (won,) = (version for version, error in zip(versions, refused, strict=True) if error is None)
    assert now_champion(shared) == won
    whole(log, won)


def test_a_killed_worker_leaves_nothing_half_done(shared, champion, log):
    """The worker and its run die in the middle of a deployment; run again by another worker it goes on where it was."""
    before, version = now_champion(shared), candidate(shared, 204)
    dead = shared.run("deployment/churn", version=version, override=BY_HAND)
    has_begun(log, version)
    shared.kill("worker")
    assert now_champion(shared) in (before, version)
    assert under_way(log.history()).line.version == version
    shared.ask(f"flow_runs/{dead}/set_state", state={"type": "CRASHED"}, force=True)  # a person who does not wait for the lease
    shared.start(lambda _: stack.worker())
    again = shared.run("deployment/churn", version=version, override=BY_HAND)
    assert has_ended(shared, again) == "Completed"
    assert now_champion(shared) == version
    lines = [line.kind for line in log.history() if line.version == version]
    assert (lines.count(BEGUN), lines.count(PROMOTED), lines.count(ENDED)) == (1, 1, 1)
    whole(log, version)


def test_a_run_outlives_a_restart_of_prefect(shared, champion, log):
    """The Prefect server is killed in the middle of a deployment and started again: the run ends well, and so does the next."""
    for worth in (205, 206):
        version = candidate(shared, worth)
        run = shared.run("deployment/churn", version=version, override=BY_HAND)
        has_begun(log, version)
        if worth == 205:
            shared.kill("prefect")
            shared.start(stack.prefect_server)
        assert has_ended(shared, run) == "Completed"
        assert now_champion(shared) == version
        whole(log, version)


def test_a_person_approves_in_prefect(shared, champion, log):
    """The run is suspended and its process ends; the form, sent over HTTP, lets it go on, and the history keeps who and why."""
    version = candidate(shared, 207)
    with shared.knobs(deployment={"approval": "human", "gate": False}):
        run = shared.run("deployment/churn", version=version)
        until(lambda: shared.state(run)[1] == "Suspended", 300)
        assert now_champion(shared) != version
        form = {"approve": True, "reason": "figures checked", "name": "Ada"}
        assert shared.ask(f"flow_runs/{run}/resume", run_input=form)["status"] == "ACCEPT"
        assert has_ended(shared, run) == "Completed"
    assert now_champion(shared) == version
    (said,) = [line for line in log.history() if line.kind == "approved"]
    assert (said.version, said.who, said.detail["reason"]) == (version, "Ada", "figures checked")
    whole(log, version)


def test_nobody_s_answer_is_a_no(shared, champion, log):
    """Once the hours of approval are over the form is refused, the champion stays, and the history says why."""
    before, version = now_champion(shared), candidate(shared, 208)
    with shared.knobs(deployment={"approval": "human", "gate": False, "approval_hours": 2 / 3600}):
        run = shared.run("deployment/churn", version=version)
        until(lambda: shared.state(run)[0] == "FAILED", 300)
        answer = shared.ask(f"flow_runs/{run}/resume", run_input={"approve": True, "reason": "late", "name": "Ada"})
        assert answer["status"] != "ACCEPT"
        assert shared.call("pipelines.deployment:deployment", version) is False
    assert now_champion(shared) == before
    (said,) = [line for line in log.history() if line.kind == "declined"]
    assert said.detail["reason"].startswith("nobody answered within")
    whole(log, before)


FAILS = """
from churn.bundle.open import Bundle
whole = Bundle.score_rows
def fails(bundle, rows):
    if bundle.decision.saved_value == 209:
        raise RuntimeError("no memory")
    return whole(bundle, rows)
Bundle.score_rows = fails
"""


def test_a_spent_error_budget_takes_the_promotion_back(shared, champion, log):
    """A new champion that fails its requests is undone by itself, the server answers again, and the history says why."""
    before, version = now_champion(shared), candidate(shared, 209)
    shared.start(lambda settings: replace(stack.api(settings), command=[sys.executable, "-c", FAILS + RUN]))
    row = shared.months[2].rows.astype(object).where(shared.months[2].rows.notna(), None).to_dict(orient="records")[0]
    with httpx.Client(base_url=shared.settings.api_url, timeout=60) as client:
        until(lambda: client.get("/ready").json().get("model_version") == before, 90)
        budget = {"seconds": 120, "errors": {"good": 0.001, "bad": 0.05, "false_alarm": 0.001, "missed": 0.05}}
        with (
            loading(("127.0.0.1", shared.settings.port), lambda _: post("/predict", row), 1),
            shared.knobs(deployment={"budget": True}, rollout={"budget": budget}),
            pytest.raises(BudgetSpent, match=rf"version {version} failed \d+ of \d+ requests"),
        ):
            shared.call("pipelines.deployment:deployment", version, False, BY_HAND)
        until(lambda: client.get("/ready").json().get("model_version") == before, 30)
        assert client.post("/predict", json=row).json()["model_version"] == before
    shared.kill("api")
    assert now_champion(shared) == before
    lines = {line.kind: line for line in log.history() if line.version == version}
    assert f"version {version} failed" in lines["undone"].detail["reason"]
    assert PROMOTED not in lines
    whole(log, before)
