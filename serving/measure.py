"""Note each answer: its route, status and time."""

from time import perf_counter, time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.keys.guard import HOLDER, NEEDS, OPEN, PAGES
from serving.logs import request_id
from serving.notes import Note, Notes

UNMATCHED = "unmatched"
PATHS = OPEN | NEEDS.keys() | set(PAGES)


def route_of(scope: Scope) -> str:
    """The path of a request, or `unmatched` where no route has it."""
    return scope["path"] if scope["path"] in PATHS else UNMATCHED


class Measure:
    """ASGI middleware: notes each request under its route."""

    def __init__(self, app: ASGIApp, notes: Notes) -> None:
        self.app = app
        self._note = notes.add

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, then note it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500  # what the caller gets if nothing below answers
        start = perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            seconds = perf_counter() - start
            self._note(Note(time(), scope["method"], route_of(scope), status, seconds, scope.get(HOLDER, ""), request_id.get()))
