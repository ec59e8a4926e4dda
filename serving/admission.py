"""Who is let in. A queue that may grow answers everybody late; a full one answers some at once that it is full."""

from types import TracebackType

from prometheus_client import Counter

from churn.errors import Overloaded


class Lane:
    """`with lane:` lets at most `most` requests of one kind work or wait at a time. Raises Overloaded for those beyond."""

    def __init__(self, most: int, shed: Counter) -> None:
        self._most, self._shed = most, shed
        self._inside = 0

    def __enter__(self) -> None:
        if self._inside >= self._most:
            self._shed.inc()
            raise Overloaded("as many requests as the server can answer soon are waiting; nothing was done, ask again later")
        self._inside += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._inside -= 1
