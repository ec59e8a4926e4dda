"""The journal, with a store that takes its time and models that answer with their name."""

import threading
from types import SimpleNamespace

import anyio
import pytest

from churn.bundle.open import ScoredRows
from churn.errors import StoreUnavailable
from serving.crew import Crew
from serving.journal import Journal
from serving.row import Row
from serving.scoring import Scores


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


class Model:
    """A live model of a version that gives each row the probability it holds; fails while `broken`."""

    def __init__(self, version):
        self.version = version
        self.bundle = self
        self.data_hash = f"data-{version}"
        self.control = 0.0
        self.calls = []
        self.broken = False

    def score_rows(self, rows):
        if self.broken:
            raise ZeroDivisionError
        self.calls.append(len(rows))
        values = [value for (value,) in rows]
        return ScoredRows(values, [False] * len(rows), [value > 0.5 for value in values])


def rows_of(number):
    return [Row(f"C{number}", None, (number / 100,), {"a": number / 100})]


async def ask_all(journal, store, asked):
    """Ask for all at once, the first of which is held until all wait; gives answers and errors by position."""
    answers, errors = {}, {}

    async def one(position, live, rows):
        try:
            answers[position] = await journal.answer(live, rows)
        except (StoreUnavailable, ZeroDivisionError) as error:
            errors[position] = error

    async with anyio.create_task_group() as group:
        for position, (live, rows) in enumerate(asked):
            group.start_soon(one, position, live, rows)
        await anyio.sleep(0.1)
        store.go.set()
    return answers, errors


@pytest.fixture
def store():
    return SlowStore()


@pytest.fixture
def journal(store):
    return Journal(store, Crew(1, 10))


def test_requests_that_wait_share_a_call_and_a_transaction(journal, store):
    """Twenty requests at once take two calls of the model and two transactions, and each is written once."""
    model = Model("1")
    answers, _ = anyio.run(ask_all, journal, store, [(model, rows_of(n)) for n in range(20)])
    assert len(model.calls) == len(store.writes) == 2
    written = [made.id for write in store.writes for made in write]
    assert sorted(written) == sorted(scores.made[0].id for scores in answers.values())
    assert len(set(written)) == 20


def test_each_request_gets_its_own_answer(journal, store):
    """In a group of unequal requests each is given the predictions and the unseen categories of its own rows."""
    model = Model("1")
    asked = [(model, [row for n in range(size) for row in rows_of(10 * size + n)]) for size in (1, 3, 2, 7)]
    answers, _ = anyio.run(ask_all, journal, store, asked)
    for position, (_, rows) in enumerate(asked):
        assert [made.customer for made in answers[position].made] == [row.customer for row in rows]
        assert [made.probability for made in answers[position].made] == [row.features["a"] for row in rows]
        assert answers[position].unseen == sum(row.features["a"] > 0.5 for row in rows)


def test_around_a_swap_each_request_keeps_the_model_it_took(journal, store):
    """A group that two models share is scored by both, each with its own rows, and written in one transaction."""
    old, new = Model("1"), Model("2")
    asked = [((old, new)[n % 2], rows_of(n)) for n in range(20)]
    answers, _ = anyio.run(ask_all, journal, store, asked)
    for position, (model, _) in enumerate(asked):
        (made,) = answers[position].made
        assert (made.model_version, made.data_hash) == (model.version, model.data_hash)
        assert made.customer == f"C{position}"
    assert len(store.writes) == 2


def test_a_failure_reaches_every_request_of_the_group(journal, store):
    """No request is told that its prediction was written when it was not; later ones are written again."""
    store.down = True
    model = Model("1")
    answers, errors = anyio.run(ask_all, journal, store, [(model, rows_of(n)) for n in range(20)])
    assert (len(answers), len(errors)) == (0, 20)
    store.down = False
    answers, errors = anyio.run(ask_all, journal, store, [(model, rows_of(1))])
    assert errors == {}
    assert [[made.id for made in write] for write in store.writes] == [[answers[0].made[0].id]]


def test_a_model_that_fails_concerns_its_own_requests_only(journal, store):
    """Requests of the other model are answered and written."""
    good, bad = Model("1"), Model("2")
    bad.broken = True
    answers, errors = anyio.run(ask_all, journal, store, [((good, bad)[n % 2], rows_of(n)) for n in range(20)])
    assert sorted(answers) == list(range(0, 20, 2))
    assert all(isinstance(error, ZeroDivisionError) for error in errors.values())
    assert len(errors) == sum(len(write) for write in store.writes) == 10


def test_what_is_scored_already_is_written_as_it_is(journal, store):
    """log returns after the write of what it was given."""
    store.go.set()
    made = [SimpleNamespace(id="a"), SimpleNamespace(id="b")]
    anyio.run(journal.log, Scores(made, 0))
    assert store.writes == [made]


def test_a_bug_in_the_store_is_not_swallowed():
    """An unexpected error is raised to the request too."""
    with pytest.raises(AttributeError):
        anyio.run(Journal(None, Crew(1, 10)).log, Scores([SimpleNamespace(id="a")], 0))


def test_a_caller_that_gave_up_does_not_stop_the_others(journal, store):
    """A cancelled request is passed over when its group is done."""

    async def scenario():
        model = Model("1")
        with anyio.move_on_after(0.05):
            await journal.answer(model, rows_of(1))
        store.go.set()
        return await journal.answer(model, rows_of(2))

    assert anyio.run(scenario).made[0].customer == "C2"
    assert sum(len(write) for write in store.writes) == 2
