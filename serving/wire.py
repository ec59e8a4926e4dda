"""The HTTP/1.1 protocol of the server, with an end to every wait.

uvicorn alone ends a connection that is idle between two requests, and stops reading while an answer waits to be sent.
It waits for ever for the rest of a head or a body, collects a head of any size, and never gives up on a caller who does
not read its answer. Each of these ties up memory or a file handle for the price of one open connection.
"""

from asyncio import AbstractEventLoop, Transport
from asyncio.events import TimerHandle
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.limits import HEAD

MOST_UNSENT = 2  # looks in a row that find an answer stuck


class BoundedProtocol(HttpToolsProtocol):
    """One connection. It is looked at now and then by one timer, so a request costs no timer of its own."""

    head_seconds = 10.0
    request_seconds = 30.0
    look_seconds = 5.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the clock: a caller that says nothing is waiting to send its head."""
        super().connection_made(transport)
        self.transport = Joined(transport, self.loop)  # type: ignore[assignment]
        self._since: float | None = self.loop.time()
        self._in_head, self._between, self._begun = True, True, 0
        self._head = 0
        self._unsent = 0
        self._stuck = 0
        self._timer: TimerHandle = self.loop.call_later(self.look_seconds, self._look)

    @property
    def expects(self) -> bool:
        """Whether a request is on its way: on a new connection, or one of which a part has come."""
        return self._since is not None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has grown too large to be held.

        What comes together with the rest of the request before counts for neither; it is no more than one read.
        """
        if self._since is None:
            self._since = self.loop.time()
        expected, self._begun = int(self._between), 0
        super().data_received(data)
        if self._in_head and self._begun <= expected and not self.transport.is_closing():
            self._head += len(data)
            if self._head > HEAD:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self._since is None:
            self._since = self.loop.time()
        self._in_head, self._head, self._between = True, 0, False
        self._begun += 1
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is complete: from here on it is ours to be slow."""
        self._since, self._between = None, True
        super().on_message_complete()

    def _look(self) -> None:
        """End the connection if it has kept us waiting too long, else look again later."""
        if self._is_stuck():
            self.transport.abort()
            return
        patience = self.head_seconds if self._in_head else self.request_seconds
        if self._since is not None and self.loop.time() - self._since > patience:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        self._timer = self.loop.call_later(self.look_seconds, self._look)

    def _is_stuck(self) -> bool:
        """Whether the caller does not read its answer."""
        unsent = self.transport.get_write_buffer_size()
        self._stuck = self._stuck + 1 if unsent and unsent >= self._unsent else 0
        self._unsent = unsent
        return self._stuck > MOST_UNSENT

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, if nothing is being answered, and close."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            self.transport.write(head.encode())
        self._since = None
        self.transport.close()


class Joined:
    """A transport that sends what is written in one step of the loop together: each send is a packet and wakes the caller.

    uvicorn writes the head of an answer and its body apart.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._soon = transport, loop.call_soon
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Hold what is written; with the second piece, which ends nearly every answer, send both."""
        if self._held:
            self._held.append(data)
            self._flush()
        elif data:
            self._held.append(data)
            self._soon(self._flush)

    def close(self) -> None:
        """Send what is held, and close."""
        self._flush()
        self._transport.close()

    def get_write_buffer_size(self) -> int:
        """Bytes that are not sent yet."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        if self._held:
            held, self._held = self._held, []
            self._transport.write(b"".join(held))


def options(patience: float = 1.0) -> dict[str, Any]:
    """What uvicorn must be told for the limits to hold; `patience` scales all times. There are no WebSockets to speak to."""
    seconds = {name: getattr(BoundedProtocol, name) * patience for name in ("head_seconds", "request_seconds", "look_seconds")}
    return {"http": type("Protocol", (BoundedProtocol,), seconds), "ws": "none"}
