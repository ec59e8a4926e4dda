"""Read a JSON body into validated values, or refuse it naming each field and the reason."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json
from starlette.requests import Request

from churn.errors import FieldError, RequestRefused

M = TypeVar("M", bound=BaseModel)

MOST_ROWS = 10_000
MOST_ERRORS = 100
LONGEST_NAME = 100
SPARE_FIELDS = 100  # unknown fields that are worth naming one by one

REASONS = {"missing": "Field required", "extra_forbidden": "unknown field", "model_type": "must be an object"}


async def read_json(request: Request) -> bytes:
    """The raw body. Raises RequestRefused unless it is declared as JSON.

    The declaration keeps web pages out: a browser sends it to another site only after asking, and is told no.
    """
    require_json(request.scope["headers"])
    return await request.body()


def require_json(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise RequestRefused unless headers declare a body as JSON."""
    kind = next((value for name, value in headers if name == b"content-type"), b"")
    if kind.partition(b";")[0].strip().lower() != b"application/json":
        errors = [FieldError("Content-Type", "must be application/json")]
        raise RequestRefused("the body is not declared as JSON; send Content-Type: application/json", errors, 415)


def parse_one(model: type[M], body: bytes) -> M:
    """Validate a body that is one object. Raises RequestRefused."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        problems = list(_errors("", error))
        malformed = error.errors(include_input=False)[0]["type"] == "json_invalid"
        raise _malformed(problems[0].reason) if malformed else _refused(problems) from error


def parse_many(name: str, model: type[M], body: bytes) -> list[M]:
    """Validate a body `{name: [object, ...]}` of 1 to 10,000 objects, all or none. Raises RequestRefused.

    Rows are validated one by one so that a hostile body costs a hundred errors and not a million.
    """
    valid: list[M] = []
    errors: list[FieldError] = []
    for position, row in enumerate(_rows(name, body)):
        if len(errors) >= MOST_ERRORS:
            break
        where = f"{name}.{position}"
        if isinstance(row, dict) and len(row) > len(model.model_fields) + SPARE_FIELDS:
            errors.append(FieldError(where, f"has {len(row)} fields; at most {len(model.model_fields)} are known"))
            continue
        try:
            valid.append(model.model_validate(row))
        except ValidationError as error:
            errors += _errors(where, error)
    if errors:
        raise _refused(errors)
    return valid


def _rows(name: str, body: bytes) -> list[Any]:
    try:
        content = from_json(body)
    except ValueError as error:
        raise _malformed(f"Invalid JSON: {error}") from error
    if not isinstance(content, dict):
        raise _refused([FieldError("body", "must be an object")])
    rows = content.pop(name, None)
    errors = [FieldError(key[:LONGEST_NAME], "unknown field") for key in list(content)[:MOST_ERRORS]]
    if not isinstance(rows, list):
        errors.append(FieldError(name, "must be a list of objects"))
    elif not 1 <= len(rows) <= MOST_ROWS:
        errors.append(FieldError(name, f"must hold 1 to {MOST_ROWS:,} rows, not {len(rows):,}"))
    if errors:
        raise _refused(errors)
    return list(rows or [])


def _errors(where: str, error: ValidationError) -> Iterator[FieldError]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        path = [where, *(str(part)[:LONGEST_NAME] for part in item["loc"])]
        yield FieldError(".".join(filter(None, path)) or "body", _reason(item))


def _reason(item: ErrorDetails) -> str:
    return REASONS.get(item["type"], item["msg"])


def _malformed(reason: str) -> RequestRefused:
    return RequestRefused("the body is not JSON; nothing was done", [FieldError("body", reason)], 400)


def _refused(errors: list[FieldError]) -> RequestRefused:
    shown = errors[:MOST_ERRORS]
    more = "" if len(shown) == len(errors) else f" (the first {MOST_ERRORS} are shown)"
    first = shown[0]
    detail = f"{len(errors)} errors{more}" if len(errors) > 1 else f"{first.field}: {first.reason}"
    return RequestRefused(f"{detail}; nothing was done, correct the request and send it again", shown)
