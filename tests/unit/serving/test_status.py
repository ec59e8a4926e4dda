"""GET /model, /health, /ready and /metrics."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from serving.app import create_app
from serving.slot import Failure, Live, ModelSlot


def samples(client):
    """Every sample of /metrics by name and labels."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *sorted(s.labels.items())): s.value for family in families for s in family.samples}


@pytest.fixture
def empty(settings, store, talk):
    """A client of an app that has no model."""
    with talk(create_app(settings, ModelSlot(), store)) as client:
        yield client


def test_without_a_model_the_server_is_alive_and_not_ready(empty, row):
    """Health is 200; readiness, the model and predictions are 503 problems that say what to do."""
    assert empty.get("/health").json() == {"status": "alive"}
    for answer in (empty.get("/ready"), empty.get("/model"), empty.post("/predict", json=row)):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "No model is being served"
        assert "churn deploy" in answer.json()["detail"]
    assert empty.get("/openapi.json").status_code == 200


def test_with_a_model_the_server_is_ready(client):
    """Readiness names the live version."""
    assert client.get("/ready").json() == {"status": "ready", "model_version": "1"}


def test_the_model_tells_where_it_comes_from(client, bundle):
    """Version, fingerprint, lineage, figures, threshold and features are the bundle's."""
    card = client.get("/model").json()
    assert (card["version"], card["fingerprint"]) == ("1", bundle.fingerprint)
    assert card["lineage"] == {"data": "data-0", "params": "params", "commit": "commit"}
    assert card["metrics"] == bundle.metrics | {"undefined": None}
    assert card["threshold"] == bundle.decision.threshold
    assert card["features"][1] == {"name": "Total day charge", "kind": "number", "nullable": True}
    assert [feature["name"] for feature in card["features"]] == list(bundle.contract.features)
    assert card["loaded_at"]
    assert card["last_failure"] is None


def test_a_failed_load_is_shown_until_the_next_success(client, slot, bundle):
    """The live model stays, the failure stands beside it, and a later swap clears it."""
    slot.refuse(Failure("2", "its file is broken"))
    card = client.get("/model").json()
    assert card["version"] == "1"
    assert (card["last_failure"]["version"], card["last_failure"]["reason"]) == ("2", "its file is broken")
    slot.swap(Live.of("3", bundle))
    assert client.get("/model").json()["last_failure"] is None
    assert samples(client)[("churn_model_load_failures_total",)] == 1


def test_requests_are_counted_by_route_and_status(client, row):
    """Known routes have their template as label and everything else is one label."""
    client.post("/predict", json=row)
    client.post("/predict", json={})
    for path in ("/a", "/b?c=d", "/predict/x"):
        client.get(path)
    found = samples(client)
    requests = {key[1:]: value for key, value in found.items() if key[0] == "churn_requests_total"}
    assert requests == {
        (("route", "/predict"), ("status", "200")): 1,
        (("route", "/predict"), ("status", "422")): 1,
        (("route", "unmatched"), ("status", "404")): 3,
    }
    assert found[("churn_request_seconds_count", ("route", "/predict"))] == 2


def test_a_crash_is_counted_as_500(client, store, row):
    """A request that ends in a bug is counted too."""
    store.log = None
    client.post("/predict", json=row)
    assert samples(client)[("churn_requests_total", ("route", "/predict"), ("status", "500"))] == 1


def test_rows_unseen_categories_and_outcomes_are_counted(client, row):
    """Counts follow what was answered; refused rows are not among them."""
    batch = {"customers": [row, row | {"class": "x"}, row | {"class": "y"}]}
    made = client.post("/predict/batch", json=batch).json()["predictions"]
    client.post("/predict/batch", json={"customers": [row, {}]})
    client.post("/outcomes", json={"outcomes": [{"prediction_id": made[0]["prediction_id"], "churned": True}]})
    found = samples(client)
    assert found[("churn_rows_scored_total",)] == 3
    assert found[("churn_unseen_categories_total",)] == 2
    assert found[("churn_outcomes_recorded_total",)] == 1


def test_metrics_name_the_live_model(client, slot, bundle, other_bundle):
    """One version at a time, also after a swap."""
    for version, one in (("1", bundle), ("2", other_bundle)):
        slot.swap(Live.of(version, one))
        models = [key for key in samples(client) if key[0] == "churn_model_info"]
        assert models == [("churn_model_info", ("fingerprint", one.fingerprint), ("version", version))]


def test_two_apps_count_apart(client, settings, store, talk, row):
    """Each app has a registry of its own."""
    client.post("/predict", json=row)
    with talk(create_app(settings, ModelSlot(), store)) as other:
        assert samples(other)[("churn_rows_scored_total",)] == 0
