import numpy as np
import pytest

from serving.routes.predict import MOST_EXPLAINED


@pytest.mark.parametrize("most", [1, 3])
def test_reasons_come_with_the_answer_when_asked_for(client, row, most):
    """`explain` adds that many reasons, the strongest first, each with the value as it was sent."""
    answer = client.post(f"/predict?explain={most}", json=row).json()
    strengths = [abs(reason["contribution"]) for reason in answer["reasons"]]
    assert len(strengths) == most
    assert strengths == sorted(strengths, reverse=True)
    assert all(reason["value"] == row[reason["feature"]] for reason in answer["reasons"])


def test_all_reasons_add_up_to_the_log_odds(client, row, bundle):
    """The base of the model plus every contribution is the log-odds of the answer."""
    answer = client.post("/predict?explain=50", json=row).json()
    total = bundle._explainer.base + sum(reason["contribution"] for reason in answer["reasons"])
    assert np.isclose(1 / (1 + np.exp(-total)), answer["probability"], atol=1e-6)


def test_a_batch_gives_each_customer_the_same_reasons(client, row):
    """Customer by customer a batch says what a request for one says."""
    rows = [row, row | {"tenure": 70}, row | {"class": "platinum"}]
    batch = client.post("/predict/batch?explain=3", json={"customers": rows}).json()
    alone = [client.post("/predict?explain=3", json=one).json()["reasons"] for one in rows]
    assert [item["reasons"] for item in batch["predictions"]] == alone
    assert "reasons" not in client.post("/predict/batch", json={"customers": rows}).json()["predictions"][0]


def test_reasons_for_too_many_are_refused(client, store, row):
    """More customers than can be explained soon are refused before any is scored."""
    answer = client.post("/predict/batch?explain=1", json={"customers": [row] * (MOST_EXPLAINED + 1)})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "customers")
    assert not store.predictions


def test_without_asking_there_are_none(client, row):
    """The plain answer has no reasons."""
    assert "reasons" not in client.post("/predict", json=row).json()


@pytest.mark.parametrize("asked", ["-1", "five", "51", "", "1e3", "9999999999"])
def test_another_number_is_refused(client, row, asked):
    """What is no number from 0 to 50 is refused and named, and nothing is logged."""
    answer = client.post(f"/predict?explain={asked}", json=row)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "explain"
