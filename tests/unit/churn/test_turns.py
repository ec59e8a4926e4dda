"""What may happen once in a store, whoever asks and however many at a time."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from churn.store import Event, Outcome, Prediction, Store

TAKE = """
from churn.store import Event, Store
store = Store({url!r})
print(sum(store.take_turn("retraining 1", Event("retraining", "", {{"key": str(i)}})) for i in range(20)))
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def store(url):
    store = Store(url)
    store.create()
    yield store
    store.close()


def test_a_turn_is_taken_once(store):
    """Of a thousand who take one turn at the same time one gets it, and one line is written."""
    line = Event("retraining", "", {"key": "a"})
    with ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda _: store.take_turn("retraining 1", line), range(1000)))
    assert took.count(True) == 1
    assert [event.kind for event in store.history()] == ["retraining"]


def test_two_schedulers(store, url, command, tmp_path):
    """Of two processes one gets the turn."""
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: command(sys.executable, "-c", TAKE.format(url=url), cwd=tmp_path).stdout, range(2)))
    assert sorted(int(text) for text in done) == [0, 1]
    assert len(store.history()) == 1


def test_the_next_turn_is_free(store):
    """Another name is another turn."""
    assert store.take_turn("retraining 1", Event("retraining", ""))
    assert store.take_turn("retraining 2", Event("retraining", ""))
    assert not store.take_turn("retraining 2", Event("retraining", ""))


def test_new_outcomes_are_counted_by_snapshot(store):
    """Predictions with an outcome observed after a moment are counted once, in the snapshot that they belong to."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for i, snapshot in enumerate(["2026-01", "2026-01", "2026-02"]):
        store.log([Prediction(f"p{i}", start, snapshot, None, {}, 0.5, True, "1", "data")])
    store.add_outcomes([Outcome("p0", True, start), Outcome("p1", True, start + timedelta(days=3))])
    store.add_outcomes([Outcome("p1", False, start + timedelta(days=4)), Outcome("p2", True, start + timedelta(days=5))])
    assert store.outcomes_since(start + timedelta(days=1)) == {"2026-01": 1, "2026-02": 1}
    assert store.outcomes_since(start - timedelta(days=1)) == {"2026-01": 2, "2026-02": 1}


def test_snapshots_of_a_version(store):
    """Snapshots are listed for one version or for all."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for i, (snapshot, version) in enumerate([("2026-01", "1"), ("2026-02", "2")]):
        store.log([Prediction(f"p{i}", start + timedelta(days=i), snapshot, None, {}, 0.5, True, version, "data")])
    assert store.snapshots() == ["2026-01", "2026-02"]
    assert store.snapshots("2") == ["2026-02"]
