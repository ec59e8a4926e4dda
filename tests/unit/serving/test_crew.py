"""A crew, whose calls may hang."""

import threading
from contextvars import ContextVar

import anyio
import pytest

from churn.errors import NoAnswer
from serving.crew import Crew

PATIENCE = 0.2
mark = ContextVar("mark", default="")


class Hanging:
    """A call that does not come back before `go` is set."""

    def __init__(self):
        self.go = threading.Event()
        self.came_back = 0

    def __call__(self):
        assert self.go.wait(20)
        self.came_back += 1
        return "late"


@pytest.fixture
def hanging():
    hanging = Hanging()
    yield hanging
    hanging.go.set()


async def failures(crew, call, count):
    """The errors of calls that are made one after the other."""
    found = []
    for _ in range(count):
        with pytest.raises(NoAnswer) as failed:
            await crew.run(call)
        found.append(str(failed.value))
    return found


def test_calls_are_answered_by_their_results_and_errors():
    """What a call returns or raises reaches its caller, whose context it has."""

    async def scenario():
        crew = Crew(2, PATIENCE)
        mark.set("mine")
        assert await crew.run(divmod, 7, 2) == (3, 1)
        assert await crew.run(mark.get) == "mine"
        with pytest.raises(ZeroDivisionError):
            await crew.run(divmod, 1, 0)

    anyio.run(scenario)


def test_no_more_calls_are_made_at_once_than_there_are_threads():
    """Ten calls on two threads are two at a time."""
    inside, most, lock = 0, 0, threading.Lock()

    def call():
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.01)
        with lock:
            inside -= 1

    async def scenario():
        crew = Crew(2, 10)
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(crew.run, call)

    anyio.run(scenario)
    assert most == 2


def test_a_call_that_hangs_is_left_behind_and_the_next_is_made(hanging):
    """Its caller is told to ask again, those who wait behind it are answered, and the event loop goes on meanwhile."""

    async def scenario():
        crew = Crew(1, PATIENCE)
        beats, told = 0, []

        async def hang():
            told.extend(await failures(crew, hanging, 1))

        async with anyio.create_task_group() as group:
            group.start_soon(hang)
            await anyio.sleep(0)
            group.start_soon(crew.run, int)
            while not told:
                await anyio.sleep(0.01)
                beats += 1
        assert beats > 5
        assert "ask again" in told[0]
        assert await crew.run(divmod, 7, 2) == (3, 1)
        assert not crew.stuck

    anyio.run(scenario)


def test_waiting_behind_others_is_no_hanging():
    """The time of a call counts from its beginning."""

    async def scenario():
        crew = Crew(1, PATIENCE)
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(crew.run, threading.Event().wait, PATIENCE / 2)

    anyio.run(scenario)


def test_a_crew_that_lost_too_many_calls_refuses_at_once_until_they_come_back(hanging):
    """It asks for a restart, makes no further call, and recovers when what hung comes back."""

    async def scenario():
        crew = Crew(1, PATIENCE, spare=1)
        assert ["ask again" in told for told in await failures(crew, hanging, 2)] == [True, False]
        assert crew.stuck
        calls = []
        with anyio.fail_after(PATIENCE / 2):
            (told,) = await failures(crew, lambda: calls.append(1), 1)
        assert "2 calls" in told
        assert "restart" in told
        assert calls == []
        hanging.go.set()
        with anyio.fail_after(10):
            while crew.stuck or hanging.came_back < 2:
                await anyio.sleep(0.01)
        assert await crew.run(divmod, 7, 2) == (3, 1)

    anyio.run(scenario)


def test_who_waits_when_a_crew_gets_stuck_is_refused_too(hanging):
    """Nobody is left waiting for a thread that does not come."""

    async def scenario():
        crew = Crew(1, PATIENCE, spare=0)
        told = []

        async def ask(call):
            told.extend(await failures(crew, call, 1))

        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:
                for call in (hanging, int, int):
                    group.start_soon(ask, call)
                    await anyio.sleep(0)
        assert len(told) == 3

    anyio.run(scenario)


def test_who_gave_up_is_not_told():
    """A caller that was cancelled disturbs nobody."""

    async def scenario():
        crew = Crew(1, 10)
        with anyio.move_on_after(0.02):
            await crew.run(threading.Event().wait, 0.1)
        assert await crew.run(divmod, 7, 2) == (3, 1)

    anyio.run(scenario)
