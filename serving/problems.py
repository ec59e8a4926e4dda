"""Every refusal as problem details (RFC 9457). No answer repeats what the caller sent."""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from churn.errors import ChurnError, FieldError, NoModel, ServerEnding

MEDIA_TYPE = "application/problem+json"
BLANK = "about:blank"
AGAIN = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)  # nothing is wrong with the request
RETRY_SECONDS = "1"
PROBED = (NoModel, ServerEnding)  # what a probe asks about would fill the log
HINTS = {404: "there is no such route; see /docs", 405: "the route does not accept this method; see /docs"}

log = logging.getLogger(__name__)


class Reason(BaseModel):
    """One thing wrong with one field."""

    field: str
    reason: str


class Problem(BaseModel):
    """Problem details as in RFC 9457. `errors` is empty unless fields are to blame."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Reason]


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    kind: str = BLANK,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer that describes a problem."""
    body = {"type": kind, "title": title, "status": status, "detail": detail, "errors": [e._asdict() for e in errors]}
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def on_churn_error(_: Request, error: Exception) -> JSONResponse:
    """Answer with the status and title that the error carries."""
    status, title = getattr(error, "status", 500), getattr(error, "title", "")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, PROBED):
        log.warning("%s: %s", title, error)
    later = {"Retry-After": RETRY_SECONDS} if status in AGAIN else None
    return problem(status, title, str(error), kind=kind_of(error), errors=getattr(error, "errors", ()), headers=later)


def on_http_error(_: Request, error: Exception) -> JSONResponse:
    """Answer for a route or method that does not exist."""
    status, headers = getattr(error, "status_code", 500), getattr(error, "headers", None)
    return problem(status, HTTPStatus(status).phrase, HINTS.get(status, "the request was refused"), headers=headers)


def on_disconnect(_: Request, __: Exception) -> JSONResponse:
    """Nobody hears this; it keeps a caller who hung up out of the error log."""
    return problem(400, "Bad Request", "the body ended early; send it again")


def on_surprise(_: Request, __: Exception) -> JSONResponse:
    """Answer for a bug; the server's log has the traceback, the caller gets none of it."""
    return problem(500, "Internal Server Error", "the request failed unexpectedly; the server's log tells why")


def kind_of(error: Exception) -> str:
    """The URN that names a kind of error: NoModel gives urn:churn:problem:no-model."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__)
    return f"urn:churn:problem:{words.lower()}"


def install(app: FastAPI) -> None:
    """Make every failure of an app answer as a problem."""
    app.add_exception_handler(ChurnError, on_churn_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(ClientDisconnect, on_disconnect)
    app.add_exception_handler(Exception, on_surprise)
