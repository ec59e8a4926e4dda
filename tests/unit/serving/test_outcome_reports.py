"""POST /outcomes."""

from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def ids(client, row):
    """Three predictions that were made."""
    batch = client.post("/predict/batch", json={"customers": [row] * 3}).json()
    return [item["prediction_id"] for item in batch["predictions"]]


def test_outcomes_are_recorded_once(client, store, ids):
    """Repeating a report records nothing new."""
    body = {"outcomes": [{"prediction_id": identity, "churned": i == 0} for i, identity in enumerate(ids)]}
    assert client.post("/outcomes", json=body).json() == {"received": 3, "recorded": 3}
    assert client.post("/outcomes", json=body).json() == {"received": 3, "recorded": 0}
    assert [store.outcomes[identity].churned for identity in ids] == [True, False, False]


def test_an_unknown_prediction_is_404_and_nothing_is_written(client, store, ids):
    """The problem names the place of the unknown id."""
    reports = [{"prediction_id": identity, "churned": True} for identity in [*ids, "unheard-of"]]
    answer = client.post("/outcomes", json={"outcomes": reports})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == ["outcomes.3.prediction_id"]
    assert store.outcomes == {}


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-02-01T10:00:00Z", 10), ("2026-02-01T10:00:00+02:00", 8), ("2026-02-01T10:00:00", 10), (None, None)],
)
def test_times_are_kept_in_utc(client, store, ids, text, hour):
    """An offset is converted, no offset means UTC, no time means now."""
    client.post("/outcomes", json={"outcomes": [{"prediction_id": ids[0], "churned": True, "observed_at": text}]})
    time = store.outcomes[ids[0]].observed_at
    assert time.utcoffset() == timedelta(0)
    if hour is None:
        assert abs(time - datetime.now(UTC)) < timedelta(minutes=1)
    else:
        assert time == datetime(2026, 2, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"churned": "true"}, "churned"),
        ({"churned": 1}, "churned"),
        ({"churned": None}, "churned"),
        ({"prediction_id": 5}, "prediction_id"),
        ({"prediction_id": ""}, "prediction_id"),
        ({"prediction_id": "a\x00"}, "prediction_id"),
        ({"observed_at": "yesterday"}, "observed_at"),
        ({"observed_at": "0001-01-01T00:00:00+05:00"}, "observed_at"),
        ({"observed_at": 1767225600}, "observed_at"),
        ({"observed_at": "1767225600"}, "observed_at"),
        ({"observed_at": True}, "observed_at"),
        ({"prediction": "x"}, "prediction"),
    ],
)
def test_each_wrong_field_is_named(client, store, ids, change, field):
    """Type and form of each field are checked, and nothing is written."""
    good = {"prediction_id": ids[0], "churned": True}
    answer = client.post("/outcomes", json={"outcomes": [good, good | change]})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [f"outcomes.1.{field}"]
    assert store.outcomes == {}
