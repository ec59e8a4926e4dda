"""The short way to a single prediction, which nearly every request asks for: past the router and its layers.

FastAPI documents the route and answers it wherever this does not, with the same function and the same refusals.
"""

from collections.abc import Iterable

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from churn.errors import ChurnError
from serving import problems
from serving.once import HEADER
from serving.parse import require_json
from serving.parts import Parts
from serving.routes.predict import answer_one

PATH = "/predict"


class Express:
    """ASGI middleware, the innermost: answers plain POST /predict, and hands on everything else."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self.app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on. A bug is answered without its words and raised, as the app's own layers do."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST" or asks_more(scope):
            await self.app(scope, receive, send)
            return
        try:
            require_json(scope["headers"])
            content = await answer_one(self._parts, await read(receive))
        except ChurnError as error:
            await problems.on_churn_error(Request(scope), error)(scope, receive, send)
        except ClientDisconnect as error:
            await problems.on_disconnect(Request(scope), error)(scope, receive, send)
        except Exception as error:
            await problems.on_surprise(Request(scope), error)(scope, receive, send)
            raise
        else:
            await send({"type": "http.response.start", "status": 200, "headers": headers(content)})
            await send({"type": "http.response.body", "body": content})


def asks_more(scope: Scope) -> bool:
    """Whether a request has parameters, or a key under which its answer is kept."""
    return bool(scope["query_string"]) or HEADER in [name for name, _ in scope["headers"]]


async def read(receive: Receive) -> bytes:
    """The whole body. Raises ClientDisconnect if it ends early."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def headers(content: bytes) -> Iterable[tuple[bytes, bytes]]:
    """Headers of a JSON answer."""
    return [(b"content-length", b"%d" % len(content)), (b"content-type", b"application/json")]
