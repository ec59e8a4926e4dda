"""The control group: customers who are never recommended for contact."""

import pytest

from churn.bundle.open import open_bundle
from churn.rollout.share import CONTROL, place

SHARE = 0.3


@pytest.fixture
def bundle(bundle_folder):
    """A bundle with a control group."""
    found = open_bundle(bundle_folder)
    found.control = SHARE
    return found


def test_the_control_group_is_never_recommended_and_recorded(client, row, store, bundle):
    """By a hash of the customer: contact is false, the answer says why, and the record what would have been recommended."""
    rows = [row | {"customer id": f"C{number}", "tenure": number % 60, "model_config": number % 2 > 0} for number in range(200)]
    body = {"customers": rows}
    items = client.post("/predict/batch", json=body).json()["predictions"]
    for number, item in enumerate(items):
        control = place(f"C{number}", CONTROL) < SHARE
        above = item["probability"] > bundle.threshold
        assert item.get("control", False) is control
        assert item["contact"] is (above and not control)
        assert store.predictions[item["prediction_id"]].withheld is (above if control else None)
    assert {item["contact"] for item in items if not item.get("control")} == {True, False}


def test_one_customer_is_told_the_same_alone(client, row):
    """Whichever way one asks."""
    name = next(f"C{number}" for number in range(99) if place(f"C{number}", CONTROL) < SHARE)
    answer = client.post("/predict", json=row | {"customer id": name}).json()
    assert (answer["contact"], answer["control"]) == (False, True)
