"""Limits on the head and the body of requests, whatever their headers claim."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from churn.errors import FieldError, RequestTooLarge
from serving.problems import problem

KIB = 1024
SMALL = 64 * KIB
LARGE = 16 * KIB * KIB
LIMITS = {"/predict/batch": LARGE, "/outcomes": LARGE}
MOST_HEADERS = 100
HEAD = 32 * KIB


class HeadLimit:
    """ASGI middleware: refuses a request with too many headers, or too large ones, before anything reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on or refuse it."""
        if scope["type"] == "http" and oversized(scope):
            detail = f"send at most {MOST_HEADERS} headers and {HEAD // KIB} KiB of them with the address"
            await problem(431, "Request Header Fields Too Large", detail)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def oversized(scope: Scope) -> bool:
    """Whether address and headers exceed their limits."""
    headers = scope["headers"]
    size = len(scope["path"]) + len(scope["query_string"])
    return len(headers) > MOST_HEADERS or size + sum([len(name) + len(value) for name, value in headers]) > HEAD


class BodyLimit:
    """ASGI middleware: reading a body beyond the limit of its path raises RequestTooLarge in the reader."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on with its body counted."""
        if scope["type"] == "http":
            receive = limited(receive, LIMITS.get(scope["path"], SMALL), declared(scope))
        await self.app(scope, receive, send)


def declared(scope: Scope) -> int:
    """The length that the headers claim, 0 if they claim none that makes sense."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def limited(receive: Receive, limit: int, claimed: int) -> Receive:
    """Count what is received. A declared length above the limit is refused before anything is read."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        if claimed > limit:
            raise _too_large(limit)
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise _too_large(limit)
        return message

    return counted


def _too_large(limit: int) -> RequestTooLarge:
    reason = f"must not exceed {limit // KIB} KiB"
    return RequestTooLarge(f"the body {reason}; send fewer rows at a time", [FieldError("body", reason)])
