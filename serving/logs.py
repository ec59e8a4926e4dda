"""Logs as one JSON object a line, each with the id of the request it belongs to.

Nothing that a customer sent is logged: a request is named by its id, route and key, and an exception that ends one is
told by its type and its place in the code, without its text, which may quote the body. The level `debug` shows it.
"""

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime

from serving.notes import Note

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DEEPEST = 40
TOGETHER = 10  # lines of a write: a pipe takes up to 4 KiB in one piece, and several workers may write to one

request_id: ContextVar[str] = ContextVar("request_id", default="")
access = logging.getLogger("serving.access")


class JsonLines(logging.Formatter):
    """Writes a record as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"time": time, "level": record.levelname, "logger": record.name}
        line["message"] = record.getMessage()
        identity = request_id.get()
        if identity:
            line["request_id"] = identity
        if record.exc_info and record.exc_info[1]:
            discreet = bool(identity) and not access.isEnabledFor(logging.DEBUG)
            line["error"] = places(record.exc_info[1]) if discreet else self.formatException(record.exc_info)
        return json.dumps(line)


def places(error: BaseException) -> list[str]:
    """The types of an exception and its causes with the places in the code they passed, innermost last; no text."""
    return [line for one in _causes(error) for line in (type(one).__name__, *_frames(one))][:DEEPEST]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _frames(error: BaseException) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def configure(level: str) -> None:
    """Write the logs of this process as JSON to its standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler])


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


class Access:
    """A line for each answer, written without a record and a write of its own."""

    def __init__(self, write: Callable[[str], object] = _to_stderr) -> None:
        self._write = write

    def tell(self, notes: Sequence[Note]) -> None:
        """Write notes as JSON. All of a note but its method is known to need no escape; an unknown method is not repeated."""
        if access.isEnabledFor(logging.INFO):
            for start in range(0, len(notes), TOGETHER):
                self._write("".join(map(_line, notes[start : start + TOGETHER])))


def _line(note: Note) -> str:
    time, method, route, status, seconds, key, identity = note
    verb = method if method in METHODS else "OTHER"
    moment = datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")
    return (
        f'{{"time": "{moment}", "level": "INFO", "logger": "{access.name}", "message": "{verb} {route} {status}", '
        f'"request_id": "{identity}", "key": "{key}", "method": "{verb}", "route": "{route}", "status": {status}, '
        f'"ms": {seconds * 1000:.2f}}}\n'
    )
