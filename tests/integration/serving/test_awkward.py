"""A bundle made of an awkward table, behind a real server that is asked with the rows as the table spells them."""

import numpy as np
import pandas as pd
import pytest

from churn.bundle.manifest import Lineage
from churn.bundle.open import open_bundle
from churn.bundle.pack import export, pack
from churn.contract import encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import labelled
from churn.data.read import read_table
from churn.model import train
from churn.workspace import plan
from support.awkward import customers, text_file
from support.server import point, running
from support.tiny import DECISION, TRAIN


def awkward(random):
    """Customers with several spellings, rare towns, a word for missing, money with a decimal comma, and dates."""
    frame = customers()
    spelt = [
        text.upper() if shout else f" {text}" for text, shout in zip(frame["contract"], random.random(600) < 0.1, strict=True)
    ]
    return frame.assign(
        contract=spelt,
        town=[f"Tøwn {rank % 40}" for rank in random.zipf(1.5, 600)],
        tariff=np.where(random.random(600) < 0.2, "Unknown", random.choice(["A", "B"], 600)),
        charge=[f"{charge:.2f} €".replace(".", ",") for charge in frame["charge"]],
        joined=[f"{day:02d}.03.2024" for day in random.integers(1, 32, 600)],
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The bundle of that table, its rows as training read them, and as the file has them."""
    folder = tmp_path_factory.mktemp("awkward")
    path = text_file(awkward(np.random.default_rng(0)), folder, encoding="cp1252", sep=";")
    data = plan(path, "churn", "Yes", "customer", None).data.model_copy(update={"most_levels": 12})
    raw = read_table(path, data.reading)
    rows = labelled("base", raw, data)
    contract = describe(rows.frame, data)
    matrix = encode(contract, columns_of(rows.frame, contract))
    model, _ = train(contract, matrix, rows.label, rows.group, TRAIN)
    export(folder / "model", model, contract, rows)
    lineage = Lineage(data="data", params="params", commit="commit")
    pack(folder / "model", folder / "bundle", DECISION, {"auc": {"value": 0.8}}, rows, model.probability(matrix), lineage)
    return folder / "bundle", rows, raw, model.probability(matrix)


def test_the_server_reads_what_training_read(served, tmp_path):
    """Each row, with its categories spelt as in the file, gets the probability that training gives it; none is unseen."""
    bundle, rows, raw, expected = served
    point(tmp_path, "1", bundle)
    features = open_bundle(bundle).contract.features
    sent = pd.DataFrame({name: raw[name] if rows.frame[name].dtype == object else rows.frame[name] for name in features})
    asked = sent.astype(object).where(sent.notna(), None).to_dict(orient="records")
    assert {"Unknown", "MONTH-TO-MONTH"} <= {row["tariff"] for row in asked} | {row["contract"] for row in asked}
    with running(tmp_path) as (_, client):
        answer = client.post("/predict/batch", json={"customers": asked}).json()
        odd = client.post(
            "/predict/batch", json={"customers": [asked[0] | {"town": "nowhere", "contract": "  TWO YEAR "}]}
        ).json()
    np.testing.assert_allclose([one["probability"] for one in answer["predictions"]], expected, atol=1e-6)
    assert answer["unseen_categories"] == 0
    assert odd["unseen_categories"] == 1
