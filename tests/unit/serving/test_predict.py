"""POST /predict and POST /predict/batch."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from serving.slot import Live


def test_an_answer_is_what_the_bundle_scores(client, bundle, row):
    """The probability and the decision are the bundle's own for the same row."""
    answer = client.post("/predict", json=row).json()
    expected = bundle.score([row])
    assert answer["probability"] == expected.probability[0]
    assert answer["contact"] is bool(expected.contact[0])
    assert answer["threshold"] == bundle.decision.threshold
    assert (answer["model_version"], answer["data_hash"]) == ("1", "data-0")
    assert UUID(answer["prediction_id"]).version == 7
    assert answer["unseen_categories"] == 0


def test_an_answer_is_logged_as_it_was_asked(client, store, row):
    """The store holds the received values under the answered id, with the month as snapshot."""
    answer = client.post("/predict", json=row).json()
    (logged,) = store.predictions.values()
    assert logged.id == answer["prediction_id"]
    assert logged.features == row
    assert logged.probability == answer["probability"]
    assert logged.contact is answer["contact"]
    assert logged.customer is None
    assert logged.snapshot == datetime.now(UTC).strftime("%Y-%m")
    json.dumps(logged.features)


@pytest.mark.parametrize(("identity", "logged"), [("C-1", "C-1"), (17, "17"), (None, None)])
def test_id_and_snapshot_are_logged_and_not_scored(client, store, row, identity, logged):
    """Whose row it is and of when goes to the store and changes no score."""
    bare = client.post("/predict", json=row).json()
    told = client.post("/predict", json=row | {"customer id": identity, "month": "2025-12"}).json()
    prediction = store.predictions[told["prediction_id"]]
    assert (prediction.customer, prediction.snapshot) == (logged, "2025-12")
    assert prediction.features == row
    assert told["probability"] == bare["probability"]


def test_a_category_never_seen_is_scored_and_counted(client, row):
    """A new level is no error; the answer says how many there were."""
    answer = client.post("/predict", json=row | {"class": "platinum"})
    assert answer.status_code == 200
    assert answer.json()["unseen_categories"] == 1


def test_a_batch_answers_in_order(client, store, row):
    """Each answer of a batch belongs to the row at its place and is logged."""
    rows = [row | {"tenure": tenure} for tenure in (1, 30, 70)]
    batch = client.post("/predict/batch", json={"customers": rows}).json()
    singles = [client.post("/predict", json=r).json()["probability"] for r in rows]
    assert [item["probability"] for item in batch["predictions"]] == pytest.approx(singles, abs=1e-12)
    assert [store.predictions[item["prediction_id"]].features["tenure"] for item in batch["predictions"]] == [1, 30, 70]
    assert (batch["model_version"], batch["data_hash"]) == ("1", "data-0")


def test_a_batch_may_hold_10000_rows(client, store, row):
    """10,000 rows are answered."""
    answer = client.post("/predict/batch", json={"customers": [row] * 10_000})
    assert answer.status_code == 200
    assert len(answer.json()["predictions"]) == len(store.predictions) == 10_000


def test_one_bad_row_refuses_the_whole_batch(client, store, row):
    """Nothing of a batch is scored or logged when one row is wrong."""
    answer = client.post("/predict/batch", json={"customers": [row, row | {"tenure": "5"}, row]})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["customers.1.tenure"]
    assert store.predictions == {}


def test_no_answer_without_a_record(client, store, row):
    """While the store is down a prediction is 503 and gives no probability."""
    store.down = True
    for path, body in (("/predict", row), ("/predict/batch", {"customers": [row]})):
        answer = client.post(path, json=body)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:churn:problem:store-unavailable"
        assert "probability" not in answer.text


def test_a_swap_changes_the_contract_at_once(client, slot, other_bundle, row):
    """After a swap the row of the old contract is refused and that of the new one is answered by the new model."""
    slot.swap(Live.of("2", other_bundle))
    refused = client.post("/predict", json=row).json()
    assert refused["errors"] == [{"field": "_score", "reason": "unknown field"}]
    del row["_score"]
    assert client.post("/predict", json=row).json()["model_version"] == "2"
