"""The journal, with a store that takes its time."""

import threading

import anyio
import pytest

from churn.errors import StoreUnavailable
from serving.journal import Journal


class SlowStore:
    """Holds the first write until `go` is set; remembers each write; fails while `down`."""

    def __init__(self):
        self.go = threading.Event()
        self.writes = []
        self.down = False

    def log(self, made):
        assert self.go.wait(10)
        if self.down:
            raise StoreUnavailable("down")
        self.writes.append(list(made))


async def log_all(journal, store, count):
    """Ask for `count` writes at once, the first of which is held until all wait; gives the errors."""
    errors = []

    async def one(number):
        try:
            await journal.log([number])
        except StoreUnavailable as error:
            errors.append(error)

    async with anyio.create_task_group() as group:
        for number in range(count):
            group.start_soon(one, number)
        await anyio.sleep(0.1)
        store.go.set()
    return errors


def test_requests_that_wait_share_a_transaction():
    """Twenty requests at once take two transactions at most, and each is written once."""
    store = SlowStore()
    assert anyio.run(log_all, Journal(store), store, 20) == []
    assert len(store.writes) <= 2
    assert sorted(number for write in store.writes for number in write) == list(range(20))


def test_a_failure_reaches_every_request_of_the_group():
    """No request is told that its prediction was written when it was not; later ones are written again."""
    store = SlowStore()
    journal = Journal(store)
    store.down = True
    assert len(anyio.run(log_all, journal, store, 20)) == 20
    store.down = False
    assert anyio.run(log_all, journal, store, 1) == []
    assert store.writes == [[0]]


def test_log_returns_after_the_write():
    """What log has returned for is in the store."""
    store = SlowStore()
    store.go.set()
    anyio.run(Journal(store).log, ["a", "b"])
    assert store.writes == [["a", "b"]]


def test_a_bug_in_the_store_is_not_swallowed():
    """An unexpected error is raised to the request too."""
    with pytest.raises(AttributeError):
        anyio.run(Journal(None).log, [None])
