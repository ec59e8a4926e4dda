import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest

from churn.errors import StoreUnavailable, UnknownPrediction
from churn.store import Event, Outcome, Prediction, Store, Window

START = datetime(2026, 1, 1, tzinfo=UTC)


def prediction(number, snapshot="2026-01", version="1", minutes=None):
    return Prediction(
        id=f"p{number}",
        time=START + timedelta(minutes=number if minutes is None else minutes),
        snapshot=snapshot,
        customer=f"C{number}",
        features={"tenure": 5.5, "plan": "básico", "family": True, "charge": None},
        probability=0.123456789012345,
        contact=False,
        model_version=version,
        data_hash="data",
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def store(path):
    store = Store(f"sqlite:///{path}", lock_wait=0.2)
    store.create()
    yield store
    store.close()


def churned(store, snapshot="2026-01"):
    return {row["id"]: row["churned"] for row in store.window(snapshot)}


def test_a_logged_prediction_comes_back_as_it_was(store):
    """Features, probability to the last bit, and version of a prediction are read as they were written."""
    store.log([prediction(1)])
    (row,) = store.window("2026-01")
    for name in ("id", "customer", "features", "probability", "contact", "model_version", "data_hash"):
        assert row[name] == getattr(prediction(1), name)
    assert row["churned"] is None


def test_a_window_is_in_order_of_time(store):
    """Predictions of a snapshot come oldest first, in whatever order they were written."""
    store.log([prediction(1, minutes=9), prediction(2, minutes=3), prediction(3, minutes=6)])
    assert [row["id"] for row in store.window("2026-01")] == ["p2", "p3", "p1"]


def test_windows_are_told_apart_by_snapshot_and_version(store):
    """A window holds one snapshot, and one model version when it is asked for."""
    store.log([prediction(1), prediction(2, version="2"), prediction(3, snapshot="2025-12")])
    assert store.snapshots() == ["2026-01", "2025-12"]
    assert [row["id"] for row in store.window("2026-01")] == ["p1", "p2"]
    assert [row["id"] for row in store.window("2026-01", "2")] == ["p2"]


def test_predictions_are_logged_all_or_none(store):
    """One id that exists already keeps the whole batch out."""
    store.log([prediction(1)])
    with pytest.raises(StoreUnavailable):
        store.log([prediction(2), prediction(1)])
    assert list(churned(store)) == ["p1"]


def test_logging_nothing_writes_nothing(store):
    """An empty batch is no work."""
    store.log([])
    assert store.snapshots() == []


def test_outcomes_are_idempotent(store):
    """An outcome that repeats the last known value is not written again, within a batch or later."""
    store.log([prediction(1), prediction(2)])
    batch = [Outcome("p1", True), Outcome("p1", True), Outcome("p2", False)]
    assert store.add_outcomes(batch) == 2
    assert store.add_outcomes(batch) == 0
    assert churned(store) == {"p1": True, "p2": False}


def test_the_newest_outcome_corrects_the_older(store):
    """A correction wins, and so does the correction of a correction."""
    store.log([prediction(1)])
    for value in (True, False, True):
        assert store.add_outcomes([Outcome("p1", value)]) == 1
        assert churned(store) == {"p1": value}


def test_outcomes_of_unknown_predictions_are_refused_with_nothing_written(store):
    """One unknown id refuses the batch, is named by its place, and leaves no outcome behind."""
    store.log([prediction(1)])
    with pytest.raises(UnknownPrediction) as caught:
        store.add_outcomes([Outcome("p1", True), Outcome("ghost", True)])
    assert [error.field for error in caught.value.errors] == ["outcomes.1.prediction_id"]
    assert "ghost" in caught.value.errors[0].reason
    assert churned(store) == {"p1": None}


def test_more_outcomes_than_one_statement_can_name(store):
    """A batch of 1,200 outcomes is written, and repeated without effect."""
    store.log([prediction(number) for number in range(1200)])
    batch = [Outcome(f"p{number}", number % 3 == 0) for number in range(1200)]
    assert store.add_outcomes(batch) == 1200
    assert store.add_outcomes(batch) == 0


def test_the_newest_finding_of_a_window_wins(store):
    """A snapshot judged twice shows its newest finding; other versions and snapshots keep their own."""
    findings = [
        ("2026-02", "1", "stable"),
        ("2026-01", "1", "insufficient"),
        ("2026-01", "2", "stable"),
        ("2026-01", "1", "drifted"),
    ]
    for snapshot, version, verdict in findings:
        store.add_window(Window(snapshot, version, verdict, {"share": 0.5}))
    found = [(window.snapshot, window.model_version, window.verdict) for window in store.windows()]
    assert found == [("2026-02", "1", "stable"), ("2026-01", "2", "stable"), ("2026-01", "1", "drifted")]


def test_history_keeps_every_line_in_order(store):
    """The history of the model comes back oldest first with its details."""
    for version in ("1", "2"):
        store.record(Event("promoted", version, {"reason": f"number {version}"}))
    assert [(line.kind, line.version, line.detail["reason"]) for line in store.history()] == [
        ("promoted", "1", "number 1"),
        ("promoted", "2", "number 2"),
    ]


def test_a_line_of_history_comes_back_as_it_was(store):
    """An event that was read equals the event that was recorded, time zone and all."""
    line = Event("promoted", "1")
    store.record(line)
    assert store.history() == [line]


def test_the_database_is_in_write_ahead_mode(store, path):
    """Readers and the writer work side by side: the file is in WAL mode."""
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


def test_creating_twice_keeps_what_is_there(store):
    """Creating the tables of a store that has them changes nothing."""
    store.log([prediction(1)])
    store.create()
    assert list(churned(store)) == ["p1"]


@pytest.fixture
def locked(store, path):
    """Another connection that holds the database for itself."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield other
    other.close()


def test_a_locked_database_is_reported_soon(store, locked):
    """While another process holds the database a write fails within the wait, in one line, and works again later."""
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable, match="database is locked") as caught:
        store.log([prediction(1)])
    assert time.monotonic() - begun < 2
    assert "\n" not in str(caught.value)
    locked.execute("ROLLBACK")
    store.log([prediction(1)])
    assert list(churned(store)) == ["p1"]


def test_readers_do_not_wait_for_a_writer(store, path):
    """A window can be read while another connection writes."""
    store.log([prediction(1)])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert list(churned(store)) == ["p1"]
    other.close()


@pytest.mark.parametrize("content", [None, b"this is a letter and no database " * 40])
def test_a_place_without_a_database_is_reported(tmp_path, content):
    """A folder that does not exist and a file that is no database are both StoreUnavailable."""
    path = tmp_path / "absent" / "store.db" if content is None else tmp_path / "letter.db"
    if content:
        path.write_bytes(content)
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match="CHURN_STORE_URL"):
        store.create()
    store.close()
