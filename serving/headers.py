"""What surrounds every answer: the id of the request, headers that tell a browser to be careful, and no bare exception."""

import logging
import re
from itertools import count
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.logs import request_id

NAME = b"x-request-id"
SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
STRICT = b"default-src 'none'; frame-ancestors 'none'"
POLICY = b"content-security-policy"
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)

log = logging.getLogger(__name__)


class Envelope:
    """ASGI middleware, the outermost: gives a request its id and an answer its headers. Only HTTP passes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._own = map(f"{token_hex(5)}{{:06x}}".format, count())  # to ask the system for chance each time is slow

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on. An exception was answered further in; it is logged here, with the id."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # the server closes a WebSocket that nobody accepts
        identity = identity_of(scope) or next(self._own)
        request_id.set(identity)

        async def addressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = dressed(message.get("headers", ()), identity)
            await send(message)

        try:
            await self.app(scope, receive, addressed)
        except Exception:
            log.exception("a request failed unexpectedly")


def identity_of(scope: Scope) -> str:
    """The id that the caller gave if it is fit for a log, else nothing."""
    for name, value in scope["headers"]:
        if name == NAME and SANE.fullmatch(value):
            return bytes(value).decode()
    return ""


def dressed(headers: list[tuple[bytes, bytes]], identity: str) -> list[tuple[bytes, bytes]]:
    """Headers of an answer with ours; a page that brings a policy of its own keeps it."""
    policy = () if any(name == POLICY for name, _ in headers) else ((POLICY, STRICT),)
    return [*headers, (NAME, identity.encode()), *ALWAYS, *policy]
