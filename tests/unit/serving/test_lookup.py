"""A customer's id alone is enough where there is a feature table."""

import sqlite3
from contextlib import closing

import pytest

from support.tiny import ROW

ID = "customer id"


@pytest.fixture
def table(settings):
    """Writes a feature table with one customer, as `churn snapshots` does: SQLite has no booleans."""

    def write(**changed):
        row = {ID: "007", "month": "2026-03-01", **ROW, "model_config": 1, **changed}
        settings.features.unlink(missing_ok=True)
        with closing(sqlite3.connect(settings.features)) as database, database:
            database.execute(f"CREATE TABLE features ({', '.join(map(repr, row))})")
            database.execute(f"INSERT INTO features VALUES ({', '.join('?' * len(row))})", list(row.values()))

    return write


@pytest.mark.parametrize("path", ["/predict", "/predict?explain=1"])
def test_an_id_alone_is_answered_like_its_row(client, table, store, path):
    """The answer is that of the whole row, and the log keeps the row, the customer and the snapshot."""
    table()
    one, whole = (client.post(path, json=body) for body in ({ID: "007"}, ROW | {ID: "007"}))
    assert (one.status_code, one.json()["probability"]) == (200, whole.json()["probability"])
    logged = store.predictions[one.json()["prediction_id"]]
    assert (logged.customer, logged.snapshot) == ("007", "2026-03-01")
    assert logged.features == ROW


def test_a_table_that_is_replaced_counts_at_once(client, table):
    """The next answer is made of the new features."""
    table()
    before = client.post("/predict", json={ID: "007"}).json()["probability"]
    table(tenure=60)
    assert client.post("/predict", json={ID: "007"}).json()["probability"] != before


def test_an_unknown_customer_is_named(client, table):
    """Who is not in the table gets 404 and the reason."""
    table()
    answer = client.post("/predict", json={ID: "008"})
    assert answer.status_code == 404
    assert "is no customer of the newest snapshot" in answer.text


@pytest.mark.parametrize("body", [{ID: "007"}, {ID: "007", "tenure": 5}, {ID: None}, {}])
def test_without_a_table_or_an_id_alone_the_contract_counts(client, table, body):
    """What brings no row is refused as ever, unless it is an id and there is a table."""
    if body != {ID: "007"}:
        table()
    assert client.post("/predict", json=body).status_code == 422


def test_a_table_that_cannot_be_read_says_what_to_do(client, settings):
    """A file that is no table is an error of the server with a way out."""
    settings.features.write_bytes(b"no database, but long enough to be taken for one by its name alone" * 20)
    answer = client.post("/predict", json={ID: "007"})
    assert answer.status_code == 503
    assert "churn snapshots" in answer.text
