"""The flows, on a real Prefect server, registry and store. One session tells one story, from top to bottom."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from uuid import uuid4

import pytest

from churn import versioning
from churn.bundle.manifest import fingerprint
from churn.bundle.open import open_bundle
from churn.data.read import read_table
from churn.errors import ParamsError
from churn.registry import Registry
from churn.store import Outcome, Prediction, Store
from churn.store.store import LOCK_WAIT_SECONDS
from support.server import until

ASKED = "churn.model.retrain"
TRIED = ["candidate boosting", "candidate logistic"]
DEPLOYED = ["deployment", "gated", "promoting", "promoted", "deployment ended"]
TASKS = """[
    (task.name, task.retries, task.retry_delay_seconds)
    for found in __import__("pkgutil").walk_packages(__import__("pipelines").__path__, "pipelines.")
    for task in vars(__import__("importlib").import_module(found.name)).values()
    if type(task).__name__ == "Task"
]"""


def monitor(company, *snapshot):
    return company.call("pipelines.monitoring:monitoring", *snapshot)


def git(company, *words):
    return subprocess.run(["git", *words], cwd=company.folder, capture_output=True, text=True, check=True).stdout


def ask(company, log, month, most=None):
    """Log the champion's predictions for a month; their ids."""
    bundle = open_bundle(company.folder / "artifacts" / "bundle")
    rows = month.rows.astype(object).where(month.rows.notna(), None).to_dict(orient="records")[:most]
    scored = bundle.score(rows)
    made = [
        Prediction(
            id=str(uuid4()),
            time=datetime.now(UTC),
            snapshot=month.name,
            customer=row["customer_id"],
            features={name: row[name] for name in bundle.contract.features},
            probability=float(probability),
            contact=bool(contact),
            model_version="1",
            data_hash=bundle.manifest.lineage.data,
        )
        for row, probability, contact in zip(rows, scored.probability, scored.contact, strict=True)
    ]
    log.log(made)
    return [prediction.id for prediction in made]


def report(log, ids, month):
    """Let the fate of a month's customers be known."""
    log.add_outcomes([Outcome(name, bool(left)) for name, left in zip(ids, month.churned, strict=True)])


def test_tasks_that_touch_an_outside_part_are_retried(company):
    """Every task of every flow tries again for at least a minute, waiting longer each time."""
    tasks = company.evaluate(TASKS)
    assert len(tasks) > 15
    assert {(retries, tuple(delays)) for _, retries, delays in tasks} == {(5, (2, 4, 8, 16, 32))}


def test_a_wrong_parameter_is_not_retried(company):
    """A misspelt key ends a flow at once, since it would be wrong on the next try too."""
    path = company.folder / "params.yaml"
    good = path.read_text()
    path.write_text(good.replace("horizon_days", "horizon_dais"))
    try:
        with pytest.raises(ParamsError, match="horizon_dais: unknown key"):
            company.call("pipelines.discovery:discovery")
    finally:
        path.write_text(good)
    failed = company.ask(
        "task_runs/filter", flows={"name": {"any_": ["discovery"]}}, task_runs={"state": {"type": {"any_": ["FAILED"]}}}
    )
    assert [run["run_count"] for run in failed] == [1]


def test_discovery_gives_a_verdict(company):
    """The verdict stands in the artifact and in the report; the simulated truth is additive, so logistic regression will do."""
    verdict = company.call("pipelines.discovery:discovery")
    assert verdict == "simpler"
    assert company.artifact("discovery").startswith("# Discovery: simpler")
    folder = company.folder / "artifacts/discovery"
    found = json.loads((folder / "report.json").read_text())
    assert found["verdict"]["word"] == verdict
    assert [part["name"] for part in found["snapshots"]] == [month.name for month in company.months[:5]]
    assert all(month.name in (folder / "report.html").read_text() for month in company.months[3:5])


def test_development_registers_a_candidate_once(company, candidate, log):
    """Running the flow again gives the same version, and its lineage is written down everywhere."""
    assert candidate == company.call("pipelines.development:development") == "1"
    (version,) = company.registry.versions()
    assert version.fingerprint == fingerprint(company.folder / "artifacts" / "bundle")
    text = company.artifact("development")
    assert text.startswith("# Candidate: version 1")
    lineage = open_bundle(company.folder / "artifacts" / "bundle").manifest.lineage
    assert all(part in text for part in (version.run_id, lineage.data, lineage.commit))
    assert lineage.commit == git(company, "rev-parse", "HEAD").strip()
    (registered,) = (line.detail for line in log.history() if line.kind == "registered")
    assert registered.pop("learned_from") > 0
    made_of = {"bundle": version.fingerprint, "run": version.run_id, **lineage.model_dump()}
    made_of |= {"changed": git(company, "show", "--no-patch", "--format=%cI", "HEAD").strip()}
    assert registered == made_of


def test_candidates_are_tried_side_by_side(company, candidate):
    """Each learner that is tuned was a task of its own, and a flow that changes nothing tries none again."""
    names = [run["name"] for run in company.ask("task_runs/filter", sort="EXPECTED_START_TIME_ASC")]
    assert sorted(name for name in names if name.startswith("candidate ")) == TRIED
    tuned = json.loads((company.folder / "artifacts" / "tuned" / "tries.json").read_text())
    assert sorted({f"candidate {one['learner']}" for one in tuned}) == TRIED


def test_the_run_of_a_candidate_tells_what_made_it(company, candidate):
    """The run in MLflow has every parameter, the metrics, the curves and the lineage."""
    registry = company.registry
    run = registry.client.get_run(registry.versions()[0].run_id)
    bundle = open_bundle(company.folder / "artifacts" / "bundle")
    assert run.data.params["train.boosting.rounds"] == "150"
    assert json.loads(run.data.params["data.columns"])["tenure_months"] == "number"
    assert run.data.metrics["test.auc.low"] == bundle.metrics["test"]["auc"]["low"]
    lineage = bundle.manifest.lineage
    assert {run.data.tags[f"churn.{name}"] for name in ("data", "params", "commit")} == set(lineage.model_dump().values())
    plots = {item.path for item in registry.client.list_artifacts(run.info.run_id, "plots")}
    assert {"plots/roc.csv", "plots/calibration.csv", "plots/gain.csv", "plots/precision_recall.csv"} <= plots


def test_deployment_promotes_the_first_candidate(company, champion, log):
    """The first candidate becomes champion; a second run says that it is the champion already."""
    assert company.registry.champion().version == champion
    assert company.artifact("deployment").startswith("# Version 1: promoted\n\nThe first champion. Champion before: none.")
    kinds = [line.kind for line in log.history()]
    assert kinds == ["registered", *DEPLOYED]
    assert company.call("pipelines.deployment:deployment") is False
    assert "It is the champion already. Champion before: 1." in company.artifact("deployment")


def test_a_look_is_planned_for_every_day(company):
    """The schedule of the deployment plans runs ahead, and the page can name the next."""
    flow = {"name": {"any_": ["monitoring"]}}
    until(lambda: any(run["auto_scheduled"] for run in company.ask("flow_runs/filter", flows=flow)), 60)
    planned = company.call("pipelines.runs:next_run", "monitoring")
    assert (planned.hour, planned.minute) == (6, 0)
    assert 0 < (planned - datetime.now(UTC)).total_seconds() <= 24 * 3600


def test_monitoring_is_silent_under_300_rows(company, champion, log):
    """A window too small to judge is called insufficient and gets no report."""
    assert monitor(company) == "insufficient"
    ask(company, log, company.months[4], most=299)
    assert monitor(company) == "insufficient"
    assert company.artifact("monitoring").startswith(f"# {company.months[4].name}: insufficient")
    assert not list(company.settings.reports.glob("version-*/*"))


def test_monitoring_is_steady_on_the_same_company(company, champion, log):
    """A month like the months before raises no alarm; its report is kept."""
    month = company.months[5]
    ask(company, log, month)
    assert monitor(company) == "steady"
    assert company.artifact("monitoring").startswith(f"# {month.name}: steady\n\n**None of ")
    (drawn,) = company.settings.reports.glob(f"version-1/*{month.name}*.html")
    overview = (company.settings.reports / "index.html").read_text()
    assert 'Is the model well? <span class="verdict go">yes</span>' in overview
    assert f'href="version-1/{drawn.name}"' in overview
    assert company.runs("retraining") == []


def test_a_locked_store_is_waited_out(company, champion, log):
    """A store that is locked for longer than one try waits is tried again, and the verdict is the same."""
    with sqlite3.connect(company.settings.state / "store.db") as other:
        other.execute("BEGIN IMMEDIATE")
        verdict = company.pool.submit(eval, "__import__('pipelines.monitoring').monitoring.monitoring()")
        with pytest.raises(TimeoutError):
            verdict.result(LOCK_WAIT_SECONDS + 2)
    other.close()
    assert verdict.result(20) == "steady"


@pytest.fixture(scope="module")
def retrained(company, champion):
    """What followed from two months after the price rise; what became of the first was known when the second was judged."""
    log = Store(company.settings.store_url)
    seen = SimpleNamespace(pin=versioning.data_hash(company.folder / "data.dvc"), verdicts=[])
    first, second = company.months[6:]
    asked = ask(company, log, first)
    seen.verdicts.append(monitor(company))
    report(log, asked, first)
    report(log, ask(company, log, second), second)
    seen.verdicts.append(monitor(company))
    resource = {"prefect.resource.id": "churn.model.churn", "prefect.resource.name": "churn"}
    for _ in range(9):
        company.call("prefect.events:emit_event", ASKED, resource, None, None, {"evidence": "again"})
    until(lambda: any(run["end_time"] for run in company.runs("retraining")), 400)
    seen.history = log.history()
    log.close()
    return seen


def test_a_change_is_suspected_and_its_outcomes_confirm_it(company, retrained):
    """The first shifted window is suspected, the next, whose outcomes are known, decayed; the artifact tells what moved."""
    assert retrained.verdicts == ["suspected", "decayed"]
    text = company.artifact("monitoring")
    assert text.startswith(f"# {company.months[7].name}: decayed")
    assert "| monthly_charge | distribution |" in text
    assert "A retraining has been asked for" in text


def test_a_burst_of_events_starts_one_retraining(company, retrained):
    """Ten equal events start one run, for the reason that the first one gives, and it completes."""
    (run,) = company.runs("retraining")
    assert run["state"]["type"] == "COMPLETED"
    (asked,) = [line for line in retrained.history if line.kind == "asked"]
    assert (run["parameters"]["key"], run["parameters"]["reason"]) == (asked.detail["key"], asked.detail["reason"])
    delay = datetime.fromisoformat(run["start_time"]) - asked.time
    assert delay.total_seconds() < 60


def test_retraining_learns_from_matured_predictions(company, retrained):
    """Predictions with outcomes become labelled files, pinned and committed before the training that names the commit."""
    written = sorted(path.name for path in (company.folder / "data").glob("feedback-*"))
    assert written == [f"feedback-{month.name}.csv" for month in company.months[6:]]
    table = read_table(company.folder / "data" / written[-1])
    assert len(table) == len(company.months[7].rows)
    assert (table["churned"] == "Yes").sum() == company.months[7].churned.sum()
    pin = versioning.data_hash(company.folder / "data.dvc")
    assert pin != retrained.pin
    newest, before = git(company, "log", "-2", "--format=%H %s").splitlines()
    assert " Retrain: " in newest
    commit, _, subject = before.partition(" ")
    assert subject == "Feedback of 2 snapshots"
    lineage = open_bundle(company.folder / "artifacts" / "bundle").manifest.lineage
    assert (lineage.data, lineage.commit) == (pin, commit)


def test_retraining_replaces_the_champion(company, retrained):
    """The candidate that knows the new prices beats the champion that does not."""
    assert [version.version for version in company.registry.versions()] == ["1", "2"]
    assert company.artifact("deployment").startswith("# Version 2: promoted\n\nBetter than the champion. Champion before: 1.")
    assert company.registry.champion().version == "2"
    kinds = [line.kind for line in retrained.history]
    after = ["retraining", "registered", "retrained", *DEPLOYED, "retraining ended"]
    assert kinds[kinds.index("asked") :] == ["asked", *after]


@contextmanager
def stubborn_server():
    """A server that answers with version 0 whatever the champion; gives its port and an event set once it was asked."""
    asked = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.set()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"version": "0"}')

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


class Trial:
    """A deployment of version 2 by a process of its own, in a copy of the registry with another champion."""

    def __init__(self, company, state, before, port):
        state.mkdir()
        shutil.copyfile(company.settings.state / "mlflow.db", state / "mlflow.db")
        self.registry = Registry(f"sqlite:///{state / 'mlflow.db'}", "churn")
        self.registry.promote(before) if before else self.registry.withdraw()
        settings = company.settings.model_copy(update={"state": state, "port": port})
        command = [sys.executable, "-c", "from pipelines.deployment import deployment; deployment('2')"]
        self.process = subprocess.Popen(
            command, cwd=company.folder, env=company.environment(settings), stderr=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self.process:
            self.process.kill()

    def champion(self):
        found = self.registry.champion()
        return found and found.version


@pytest.fixture(scope="module")
def undone(company, retrained, tmp_path_factory):
    """What a server that never follows made of two promotions: one with a champion before and one without."""
    folder = tmp_path_factory.mktemp("undone")
    with (
        stubborn_server() as (port, _),
        Trial(company, folder / "replaced", "1", port) as replaced,
        Trial(company, folder / "first", None, port) as first,
    ):
        until(lambda: replaced.champion() == first.champion() == "2", 60)
        said = [trial.process.communicate(timeout=60)[1] for trial in (replaced, first)]
        codes = [trial.process.returncode for trial in (replaced, first)]
        return SimpleNamespace(said=said, codes=codes, champions=[replaced.champion(), first.champion()])


def test_a_promotion_that_cannot_be_verified_is_undone(undone):
    """While the server goes on answering with another version, the alias is moved and then moved back or withdrawn."""
    assert undone.champions == ["1", None]
    assert undone.codes == [1, 1]
    assert all("still answers with version 0" in said.strip().splitlines()[-1] for said in undone.said)


def test_the_artifact_of_an_undone_promotion_says_so(company, undone):
    """Who reads the newest artifact does not take the version for the champion."""
    assert not company.artifact("deployment").startswith("# Version 2: promoted")


def test_an_interrupted_promotion_is_undone(company, retrained, tmp_path):
    """Ctrl-C while the promotion waits to be verified leaves the alias where it was."""
    with stubborn_server() as (port, asked), Trial(company, tmp_path / "state", "1", port) as trial:
        assert asked.wait(60)
        assert trial.champion() == "2"
        trial.process.send_signal(signal.SIGINT)
        trial.process.communicate(timeout=30)
        assert trial.champion() == "1"


def test_an_altered_bundle_is_fetched_again(company, retrained):
    """The downloaded bundle is verified again before it is compared; an altered one is replaced."""
    registry = company.registry
    (bundle,) = company.settings.bundles.glob("2-*")
    good = (bundle / "decision.json").read_text()
    registry.promote("1")
    (bundle / "decision.json").write_text("{}")
    assert company.call("pipelines.deployment:deployment", "2") is True
    assert (bundle / "decision.json").read_text() == good
    assert registry.champion().version == "2"


def test_a_rollback_shows_on_the_page_for_managers(company, retrained):
    """`churn rollback` tells at once who answers, and then writes the page anew."""
    page = company.settings.reports / "index.html"
    for words, version in (["rollback"], "1"), (["rollback", "2"], "2"):
        done = subprocess.run(
            [sys.executable, "-m", "churn.cli", *words],
            cwd=company.folder,
            env=company.environment(company.settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"version {version} is champion instead of")
        assert f"churn · version {version} · as of" in page.read_text(encoding="utf-8")
