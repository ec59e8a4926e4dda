"""Callers that load a server and remember what became of every request."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from time import perf_counter
from typing import Any, NamedTuple

PAUSE = 0.01  # before a server that cannot be reached is tried again


class Answer(NamedTuple):
    """What a request got: the number of the request, and the seconds until its answer was complete."""

    number: int
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


class Record:
    """Every answer, and the numbers of requests that were sent and got none."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.lost: list[int] = []
        self.unreached = 0

    def of(self, status: int) -> list[Answer]:
        return [answer for answer in list(self.answers) if answer.status == status]


class Caller:
    """One caller that asks again as soon as it is answered, on one connection as long as the server keeps it open."""

    def __init__(self, address: tuple[str, int], request: Callable[[int], bytes], numbers: Iterator[int], record: Record):
        self.address, self.request, self.numbers, self.record = address, request, numbers, record

    async def ask_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                reader, writer = await asyncio.open_connection(*self.address)
            except OSError:
                self.record.unreached += 1
                await asyncio.sleep(PAUSE)
                continue
            await self.use(reader, writer, stop)
            writer.transport.abort()

    async def use(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stop: asyncio.Event) -> None:
        """Ask on a connection until the server closes it."""
        while not stop.is_set():
            number = next(self.numbers)
            start = perf_counter()
            try:
                writer.write(self.request(number))
                answer = await receive(reader, number, start)
            except (OSError, asyncio.IncompleteReadError):
                self.record.lost.append(number)
                return
            self.record.answers.append(answer)
            if answer.headers.get("connection") == "close":
                return


async def receive(reader: asyncio.StreamReader, number: int, start: float) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
    body = await reader.readexactly(int(headers["content-length"]))
    return Answer(number, int(first.split()[1]), headers, body, perf_counter() - start)


def post(path: str, body: Any, headers: Mapping[str, str] | None = None) -> bytes:
    """A request as it goes over the wire."""
    content = json.dumps(body).encode()
    sent = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
    return "\r\n".join(lines).encode() + content


@contextmanager
def loading(address: tuple[str, int], request: Callable[[int], bytes], callers: int) -> Iterator[Record]:
    """Load a server meanwhile; the callers stop at the end of the block, once they have their last answer.

    request: makes the request of a number; numbers count up from 0 over all callers.
    """
    record, numbers = Record(), count()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def all_of_them() -> None:
        await asyncio.gather(*(Caller(address, request, numbers, record).ask_until(stop) for _ in range(callers)))

    def run() -> None:
        loop.run_until_complete(all_of_them())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield record
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
    assert not thread.is_alive(), "a caller waits for an answer that does not come"
