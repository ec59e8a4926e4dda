"""What is counted, under names and labels that dashboards and alerts rely on."""

import subprocess
import sys

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.parser import text_string_to_metric_families

from serving.measure import UNMATCHED
from serving.telemetry import TENTHS, ManyHistogram

NAMES = {
    "churn_requests": ("counter", {"route", "status"}),
    "churn_request_seconds": ("histogram", {"route", "le"}),
    "churn_shed_requests": ("counter", set()),
    "churn_rows_scored": ("counter", set()),
    "churn_batch_rows": ("histogram", {"le"}),
    "churn_score": ("histogram", {"le"}),
    "churn_unseen_categories": ("counter", set()),
    "churn_log_commit_seconds": ("histogram", {"le"}),
    "churn_log_failures": ("counter", set()),
    "churn_unrecorded_answers": ("counter", set()),
    "churn_outcomes_recorded": ("counter", set()),
    "churn_canary_answers": ("counter", set()),
    "churn_canary_failures": ("counter", set()),
    "churn_model": ("info", {"version", "fingerprint"}),
    "churn_model_load_failures": ("counter", set()),
}
TWO_WORKERS = """
import os, sys
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from serving.slot import ModelSlot
from serving.telemetry import Telemetry
if os.fork() == 0:
    other = Telemetry(ModelSlot())
    other.scored(3, 1)
    other.settle([])
    os._exit(0)
os.wait()
telemetry = Telemetry(ModelSlot())
telemetry.scored(4, 0)
telemetry.settle([])
telemetry.scores.observe_all([0.05, 0.95])
print(telemetry.exposed().decode())
"""


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text)}


def sample(client, name, **labels):
    """The value of one sample of /metrics, None if it is absent."""
    found = families(client.get("/metrics").text).values()
    return next((s.value for family in found for s in family.samples if (s.name, s.labels) == (name, labels)), None)


def test_names_and_labels_are_stable(client, row):
    """Every metric has the name, type and labels that are promised, and there is none besides."""
    client.post("/predict", json=row)
    found = families(client.get("/metrics").text)
    shown = {name: family for name, family in found.items() if not name.endswith("_created")}
    assert {name.removesuffix("_info") for name in shown} == NAMES.keys()
    for name, family in shown.items():
        kind, labels = NAMES[name.removesuffix("_info")]
        assert {label for s in family.samples for label in s.labels} == labels, name
        assert family.type in {kind, "gauge" if kind == "info" else kind}


def test_labels_do_not_grow_with_what_callers_send(client):
    """Any number of paths and methods adds one route at most."""
    for i in range(200):
        client.get(f"/{i}")
        client.get(f"/predict/{i}")
        client.get(f"/docs/assets/{i}")
    routes = {s.labels["route"] for s in families(client.get("/metrics").text)["churn_requests"].samples}
    assert routes == {UNMATCHED}


@pytest.mark.parametrize("count", [1, 7, 10_000])
def test_many_scores_count_like_one_by_one(count):
    """The histogram equals one that was told each value, also at the bounds of its buckets."""
    values = [*np.random.default_rng(0).random(count), 0.0, 0.1, 0.5, 1.0]
    registry = CollectorRegistry()
    fast, slow = (
        ManyHistogram("a", "", buckets=TENTHS, registry=registry),
        Histogram("b", "", buckets=TENTHS, registry=registry),
    )
    fast.observe_all(values)
    for value in values:
        slow.observe(value)
    (one, other) = (
        [(s.labels, s.value) for m in h.collect() for s in m.samples if "created" not in s.name] for h in (fast, slow)
    )
    assert [labels for labels, _ in one] == [labels for labels, _ in other]
    assert [value for _, value in one] == pytest.approx([value for _, value in other])


def test_what_is_answered_is_in_the_histograms(client, row):
    """Rows of each request, every score, and the time of each commit."""
    one = client.post("/predict", json=row).json()["probability"]
    client.post("/predict/batch", json={"customers": [row] * 40})
    client.post("/predict/batch", json={"customers": [row, {}]})
    assert sample(client, "churn_batch_rows_count") == 2
    assert sample(client, "churn_batch_rows_sum") == 41
    assert sample(client, "churn_batch_rows_bucket", le="1.0") == 1
    assert sample(client, "churn_score_count") == 41
    assert sample(client, "churn_score_sum") == pytest.approx(41 * one)
    assert sample(client, "churn_log_commit_seconds_count") == 2
    assert sample(client, "churn_log_failures_total") == 0


def test_a_write_that_fails_is_counted_apart(client, store, row):
    """A store that is down gives a failure and neither a score nor a commit."""
    store.down = True
    client.post("/predict", json=row)
    assert sample(client, "churn_log_failures_total") == 1
    assert sample(client, "churn_score_count") == 0
    assert sample(client, "churn_log_commit_seconds_count") == 0


def test_worker_processes_are_counted_together(tmp_path):
    """With the library's shared files any worker shows the sum over all, also of one that has ended."""
    done = subprocess.run([sys.executable, "-c", TWO_WORKERS, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {s.name: s.value for family in families(done.stdout).values() for s in family.samples if not s.labels}
    assert found["churn_rows_scored_total"] == 7
    assert found["churn_unseen_categories_total"] == 1
    assert found["churn_score_sum"] == pytest.approx(1.0)
