"""Predictions written through the driver read as those that SQLAlchemy writes."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from sqlalchemy import insert, select

from churn.errors import StoreUnavailable
from churn.store import Prediction, Store
from churn.store.lines import MOST
from churn.store.tables import predictions

START = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
FEATURES = {
    "plan": 'a "quoted" é \u2028 \x00 text',
    "charge": 0.1 + 0.2,
    "family": True,
    "none": None,
    "big": 1e308,
    "whole": 3,
}


def prediction(number, **changes):
    values = {
        "id": f"p{number}",
        "time": START + timedelta(microseconds=number),
        "snapshot": "2026-01",
        "customer": None if number % 2 else f"C{number}",
        "features": FEATURES,
        "probability": 1 / (number + 3),
        "contact": number % 3 == 0,
        "model_version": "1",
        "data_hash": "data",
    }
    return Prediction(**values | changes)


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.create()
    yield store
    store.close()


def stored(store):
    with store._engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(predictions).order_by(predictions.c.time)).mappings()]


def test_lines_are_stored_as_sqlalchemy_stores_them(store):
    """Every column is equal, in value and in what the database itself holds."""
    written, other = prediction(1), prediction(2)
    store.log([written])
    with store._engine.begin() as connection:
        connection.execute(insert(predictions), [other._asdict()])
    assert stored(store) == [written._asdict(), other._asdict()]
    with store._engine.connect() as connection:
        kinds = "SELECT typeof(time), typeof(features), typeof(probability), typeof(contact), length(time) FROM predictions"
        one, two = connection.exec_driver_sql(kinds).all()
    assert one == two


def test_a_prediction_is_a_line_of_the_table():
    """Values are written by position, so fields and columns have one order."""
    assert Prediction._fields == tuple(predictions.c.keys())


@pytest.mark.parametrize("count", [1, 2, MOST - 1, MOST, MOST + 1, 2 * MOST + 3])
def test_any_number_is_written_once(store, count):
    """However many there are, each is there as it was."""
    made = [prediction(number) for number in range(count)]
    store.log(made)
    assert stored(store) == [one._asdict() for one in made]


def test_a_failure_in_a_later_statement_undoes_the_earlier(store):
    """All or none holds across the statements of one call."""
    with pytest.raises(StoreUnavailable):
        store.log([*(prediction(number) for number in range(MOST + 5)), prediction(3)])
    assert stored(store) == []


def test_times_of_any_zone_are_the_same_moment(store):
    """A time is stored in UTC, wherever it was read from the clock."""
    east = START.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.log([prediction(1, time=START), prediction(2, time=east)])
    assert [line["time"] for line in stored(store)] == [START, START]


def test_odd_values_are_stored_as_json_can_hold_them(store):
    """Numbers of numpy are numbers, what is not finite is null, and half of a character stays what it is."""
    features = {"a": np.float64(1.5), "b": float("nan"), "c": float("inf"), "d": "\ud800"}
    store.log([prediction(1, features=features)])
    assert stored(store)[0]["features"] == {"a": 1.5, "b": None, "c": None, "d": "\ud800"}
