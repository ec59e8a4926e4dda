"""The history is a chain: what was written stays, or its loss is noticed."""

import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from churn.errors import HistoryAltered
from churn.store import Event, Store

WRITE = """
from churn.store import Event, Store
store = Store({url!r})
for i in range(40):
    store.record(Event("retrained", str(i), {{"writer": {writer}}}))
"""
LINES = [
    Event("registered", "1", {"data": "ü", "auc": 0.1 + 0.2, "worst": float("nan")}),
    Event("gated", "1", {"promote": True}),
    Event("promoted", "1", {"before": None}, who="Ada"),
    Event("promoted", "2", {"before": "1"}),
]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def store(file):
    store = Store(f"sqlite:///{file}")
    store.create()
    for line in LINES:
        store.record(line)
    yield store
    store.close()


def do(file, *statements):
    """What somebody does to the database by hand."""
    connection = sqlite3.connect(file)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_an_untouched_history_holds(store):
    """Lines as they were written pass, and tell who wrote them."""
    store.check_history()
    assert store.history()[2].who == "Ada"
    assert store.history()[0].who


SLIPPED_IN = "INSERT INTO history (kind, version, detail, time) VALUES ('approved', '2', '{}', '2026-01-01')"
SWAP = (
    "UPDATE history SET id = 99 WHERE id = 2",
    "UPDATE history SET id = 2 WHERE id = 3",
    "UPDATE history SET id = 3 WHERE id = 99",
)


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (("UPDATE history SET version = '3' WHERE id = 3",), "line 3 (promoted"),
        (("""UPDATE history SET detail = '{"promote": false}' WHERE id = 2""",), "line 2 (gated"),
        (("UPDATE history SET who = 'Eve' WHERE id = 3",), "line 3 (promoted"),
        (("UPDATE history SET time = '2020-01-01 00:00:00.000000' WHERE id = 1",), "line 1 (registered, 2020-01-01"),
        (("UPDATE history SET hash = NULL, number = NULL",), "line 1 (registered"),
        (("DELETE FROM history WHERE id = 2",), "line 2 (promoted"),
        (("DELETE FROM history WHERE id = 4",), "4 lines were written and 3 are there"),
        (("DELETE FROM history",), "4 lines were written and 0 are there"),
        (("UPDATE history SET version = '3' WHERE id = 3", "DELETE FROM history_head"), "line 3 (promoted"),
        (("DELETE FROM history WHERE id = 4", "DELETE FROM history_head"), "its head was deleted"),
        (SWAP, "line 2 (promoted"),
        (
            ("INSERT INTO history (kind, version, detail, time) VALUES ('approved', '2', '{}', '2026-01-01')",),
            "line 5 (approved",
        ),
    ],
)
def test_tampering_is_named(store, file, statements, named):
    """A line that was changed, deleted, moved or slipped in is named in one line, also after the program starts again."""
    do(file, *statements)
    store.create()
    with pytest.raises(HistoryAltered) as told:
        store.check_history()
    assert named in str(told.value)
    assert "\n" not in str(told.value)


def test_writers_come_one_after_another(store, file, command, tmp_path):
    """Three processes and threads of this one append at the same time, and the chain holds every line."""
    scripts = [WRITE.format(url=f"sqlite:///{file}", writer=i) for i in range(3)]
    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(command, sys.executable, "-c", script, cwd=tmp_path) for script in scripts]
        for i in range(40):
            store.record(Event("retrained", str(i), {"writer": 3}))
        for other in others:
            other.result()
    store.check_history()
    assert len(store.history()) == len(LINES) + 160


def test_who_checks_while_others_append_is_not_misled(store, file):
    """A line that comes between two looks of one check is none that was slipped in."""
    other = Store(f"sqlite:///{file}")
    with ThreadPoolExecutor(1) as pool:
        appended = pool.submit(lambda: [other.record(Event("retrained", str(i))) for i in range(300)])
        while not appended.done():
            store.check_history()
        appended.result()
    other.close()
    store.check_history()
    assert len(store.history()) == len(LINES) + 300


def test_a_history_of_an_older_program_is_chained_as_it_is_found(store, file):
    """Its lines stay and cannot be changed unnoticed from then on; who wrote them is not known."""
    do(file, "DROP TABLE history_head", *(f"ALTER TABLE history DROP COLUMN {name}" for name in ("who", "number", "hash")))
    store.create()
    store.check_history()
    found = store.history()
    assert [(line.kind, line.version, line.time, line.who) for line in found] == [
        (line.kind, line.version, line.time, "") for line in LINES
    ]
    store.record(Event("rolled back", "1"))
    store.check_history()
    do(file, "UPDATE history SET version = '9' WHERE id = 1")
    with pytest.raises(HistoryAltered, match="line 1 "):
        store.check_history()
