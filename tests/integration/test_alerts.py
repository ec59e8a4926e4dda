"""Alerts on their way to a real receiver on this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from churn.errors import AlertNotSent, ParamsError
from churn.store import Store
from monitoring.incidents import follow
from monitoring.verdict import State, Verdict
from pipelines import alerts


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[dict[str, Any]] = []
        self.status = 200

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}/secret-path"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.server.status == 200:
            self.server.got.append(body)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.create()
    yield store
    store.close()


def look(store: Store, places: str, state: State, snapshot: str = "2026-01", version: str = "1") -> None:
    """What a look does about alerts once it has a verdict."""
    verdict = Verdict(state, (), f"{state} since {snapshot}.", "Act.", retrain=True)
    alerts.note(store, follow(store.history(), verdict, snapshot, version))
    alerts.send(store, places, "churn")


def test_an_incident_is_one_alert_and_one_closing_message(store: Store, receiver: Receiver) -> None:
    """Steady, three windows of decay, steady again: two messages, as a warning and as good news."""
    for month, state in enumerate(("steady", "decayed", "decayed", "decayed", "steady", "steady"), 1):
        look(store, receiver.address, state, f"2026-{month:02d}")  # type: ignore[arg-type]
    assert [(one["type"], one["title"], one["message"]) for one in receiver.got] == [
        ("warning", "churn: Since 2026-02 the model has decayed (version 1)", "decayed since 2026-02. Act."),
        ("success", "churn: Incident 1 is over in 2026-05", "steady since 2026-05."),
    ]


def test_a_receiver_that_was_down_is_told_later(store: Store, receiver: Receiver) -> None:
    """What it did not take is due at the next look, and once it took it no more."""
    receiver.status = 503
    with pytest.raises(AlertNotSent, match="CHURN_ALERTS"):
        look(store, receiver.address, "broken")
    receiver.status = 200
    for _ in range(3):
        look(store, receiver.address, "broken")
    assert [one["type"] for one in receiver.got] == ["warning"]


def test_a_place_that_fails_holds_up_no_other(store: Store, receiver: Receiver) -> None:
    """The others are told, once, however often the one that fails is tried."""
    with receiving() as other:
        other.status = 500
        for _ in range(2):
            with pytest.raises(AlertNotSent, match="1 of the places"):
                look(store, f"{other.address} {receiver.address}", "drifted")
        other.status = 200
        look(store, f"{other.address} {receiver.address}", "drifted")
        assert (len(other.got), len(receiver.got)) == (1, 1)


def test_without_a_place_nothing_is_sent(store: Store, receiver: Receiver) -> None:
    """Incidents are kept all the same; a place that is named while one is open learns of it."""
    look(store, " ", "decayed")
    look(store, receiver.address, "decayed", "2026-02")
    assert [one["title"] for one in receiver.got] == ["churn: Since 2026-01 the model has decayed (version 1)"]


def test_addresses_stay_secret(store: Store, receiver: Receiver) -> None:
    """Neither the history nor an error holds the address, or a part of one that cannot be read."""
    look(store, receiver.address, "broken")
    assert "secret-path" not in str(store.history())
    with pytest.raises(ParamsError, match="CHURN_ALERTS") as refused:
        alerts.send(store, "nonsense-token", "churn")
    assert "token" not in str(refused.value)


def test_two_who_look_at_once_open_one_incident(store: Store) -> None:
    """Both see the same history; one of them writes."""
    lines = follow(store.history(), Verdict("broken", (), "a.", "b."), "2026-01", "1")
    alerts.note(store, lines)
    alerts.note(store, lines)
    assert len(store.history()) == 1
