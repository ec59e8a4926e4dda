"""Stored predictions as arrays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from churn.store import Outcome, Prediction, Store
from churn.store.stream import Piece
from monitoring.read import MANY, Asked, as_matured, as_part, read
from support.companies import CONTRACT

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.create()
    yield store
    store.close()


def log(store: Store, number: int, minutes: int, features: dict[str, Any], customer: str | None = "C") -> None:
    time, name = START + timedelta(minutes=minutes), customer and f"{customer}{number}"
    store.log([Prediction(f"p{number}", time, "2026-01", name, features, number / 10, False, "1", "data")])


def piece(*features: str, customer: str | None = "C") -> Piece:
    many = len(features)
    names = tuple(customer and f"{customer}{i}" for i in range(many))
    return Piece(features, (0.25,) * many, names, ("2026-01-01 00:00:00.000000",) * many, (True,) * many)


def test_rows_come_in_order_of_time(store: Store) -> None:
    """However they were written; a key that a row lacks is missing, and one that the contract lacks is passed over."""
    log(store, 1, 5, {"tenure": 1.5, "plan": "year", "colour": "red"})
    log(store, 2, 0, {"plan": "never heard of"})
    found = as_matured(CONTRACT, read(store, CONTRACT, Asked("2026-01"), 2)).block
    np.testing.assert_array_equal(found.matrix, [[np.nan, 2], [1.5, 1]])
    assert found.probability.tolist() == [0.2, 0.1]
    assert found.customer is not None
    assert len(set(found.customer.tolist())) == 2


def test_outcomes_come_with_the_rows_that_have_one(store: Store) -> None:
    """The last outcome counts, and rows without one are left out."""
    for number in range(3):
        log(store, number, number, {"tenure": float(number), "plan": "month"})
    store.add_outcomes([Outcome("p0", True), Outcome("p2", True)])
    store.add_outcomes([Outcome("p2", False)])
    found = as_matured(CONTRACT, read(store, CONTRACT, Asked("2026-01", "1", known=True), 2))
    assert found.block.matrix[:, 0].tolist() == [0, 2]
    assert found.label.tolist() == [1, 0]


def test_a_snapshot_without_predictions(store: Store) -> None:
    """It has no rows, and as many columns as any other."""
    assert as_matured(CONTRACT, read(store, CONTRACT, Asked("2026-02"), 0)).block.matrix.shape == (0, 2)


def test_customers_without_a_name() -> None:
    """If one customer has no name nobody is told apart."""
    parts = [as_part(CONTRACT, piece('{"tenure": 1}')), as_part(CONTRACT, piece('{"tenure": 2}', customer=None))]
    assert as_matured(CONTRACT, parts).block.customer is None


def test_half_of_a_character_is_read() -> None:
    """What a customer sent and only `json` can read is a level like any other that nobody knows."""
    (row,) = as_part(CONTRACT, piece('{"tenure": 1, "plan": "\\ud800"}')).matrix
    assert row.tolist() == [1, 2]


def test_one_of_so_many_is_drawn(store: Store) -> None:
    """As it was answered, with what the contract does not know."""
    for number in range(6):
        log(store, number, number, {"tenure": number, "colour": "red"})
    (part,) = read(store, CONTRACT, Asked("2026-01", every=3), 6)
    assert part.drawn == tuple({"features": {"tenure": n, "colour": "red"}, "probability": n / 10} for n in (0, 3))


def test_many_rows_are_read_by_two_processes_into_the_same(store: Store) -> None:
    """How many processes read changes nothing."""
    for number in range(10):
        log(store, number, number, {"tenure": number, "plan": "year"})
    alone, together = (as_matured(CONTRACT, read(store, CONTRACT, Asked("2026-01"), many)).block for many in (10, MANY))
    np.testing.assert_array_equal(alone.matrix, together.matrix)
    np.testing.assert_array_equal(alone.customer, together.customer)
