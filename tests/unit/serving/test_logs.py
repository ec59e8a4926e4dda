"""Logs: one JSON object a line, with ids and keys and without customers."""

import asyncio
import io
import json
import logging
import subprocess
import sys

import pytest

from churn.errors import StoreUnavailable
from serving.app import create_app
from serving.keys.key import make
from serving.logs import Access, JsonLines, access, request_id
from serving.notes import Note, Notes

MARK = "Zq7marked"


@pytest.fixture
def lines(caplog):
    """Everything that is logged at INFO and above, as it would be written, one parsed object a line."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.INFO)

    def read():
        told = [json.loads(line) for line in out.getvalue().splitlines()]
        return [line for line in told if line["logger"] != "httpx"]  # the caller of these tests logs its requests

    yield read
    root.removeHandler(handler)


@pytest.fixture
def seen(settings, slot, store, talk, lines, capsys):
    """Send requests to an app with a key; gives what standard error and the loggers got by then."""
    secret, line = make("crm", ["predict", "outcomes", "admin"])
    app = create_app(settings.model_copy(update={"api_keys": type(settings.api_keys)(line)}), slot, store)

    def requests(*wanted):
        with talk(app) as client:
            own = {"headers": {"x-api-key": secret}}
            answers = [client.get(path, **own) if body is None else client.post(path, **own, **body) for path, body in wanted]
        return answers, [json.loads(line) for line in capsys.readouterr().err.splitlines()] + lines()

    return requests


def test_each_request_is_a_line(seen, row):
    """Method, route, status, time, key and the id that the caller saw."""
    answers, told = seen(("/predict", {"json": row}), ("/health", None), (f"/{MARK}", None))
    found = [line for line in told if line["logger"] == "serving.access"]
    assert [line["request_id"] for line in found] == [answer.headers["x-request-id"] for answer in answers]
    assert [(line["message"], line["key"]) for line in found] == [
        ("POST /predict 200", "crm"),
        ("GET /health 200", ""),
        ("GET unmatched 404", "crm"),
    ]
    assert (found[0]["method"], found[0]["route"], found[0]["status"]) == ("POST", "/predict", 200)
    assert 0 < found[0]["ms"] < 10_000
    assert found[0]["time"].endswith("+00:00")


def test_no_log_holds_what_a_customer_sent(seen, store, row):
    """Marked values sent to every route, right and wrong, with the store well, down and broken, appear in no line."""
    marked = row | {"class": MARK, "customer id": MARK, "month": MARK}
    bodies = [
        {"json": marked},
        {"json": marked | {"tenure": MARK}},
        {"json": {MARK: MARK}},
        {"json": {"customers": [marked, {MARK: 1}]}},
        {"json": {"customers": [marked]}},
        {"json": {"outcomes": [{"prediction_id": MARK, "churned": True}]}},
        {"json": {"outcomes": [{"prediction_id": MARK, "churned": MARK, MARK: 1}]}},
        {"content": f'{{"{MARK}'.encode()},
    ]
    paths = ["/predict", "/predict/batch", "/outcomes", "/model", f"/{MARK}", f"/predict/{MARK}"]
    wanted = [(path, body) for path in paths for body in bodies]
    wanted += [(f"{path}?customer={MARK}", None) for path in ("/predict", "/model", "/health", "/metrics", "/docs", f"/{MARK}")]

    def broken(made):
        raise ValueError(f"row {made[0].customer} is odd") from KeyError(MARK)

    answers, told = seen(*wanted)
    assert {answer.status_code for answer in answers} >= {200, 404, 405, 415, 422}
    good = store.log
    store.log = broken
    answers, more = seen(("/predict", {"json": marked}), ("/predict/batch", {"json": {"customers": [marked]}}))
    assert {answer.status_code for answer in answers} == {500}
    store.log, store.down = good, True
    answers, rest = seen(("/predict", {"json": marked}))
    assert answers[0].status_code == 503
    assert MARK not in json.dumps(told + more + rest)
    (crash, *_) = [line for line in more if line.get("error")]
    assert crash["error"][0] == "ValueError"
    assert any(place.endswith(" broken") for place in crash["error"])
    assert crash["request_id"]


def test_debug_shows_the_text_of_an_exception(monkeypatch):
    """Whoever asks for the text gets it; outside of a request it is always there."""
    error = StoreUnavailable("it is locked")
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed\nbadly", (), (type(error), error, None))
    assert "it is locked" in json.loads(JsonLines().format(record))["error"]
    token = request_id.set("r1")
    line = json.loads(JsonLines().format(record))
    assert (line["request_id"], line["error"][0], line["message"]) == ("r1", "StoreUnavailable", "failed\nbadly")
    access.setLevel(logging.DEBUG)
    assert "it is locked" in json.loads(JsonLines().format(record))["error"]
    access.setLevel(logging.NOTSET)
    request_id.reset(token)


def test_an_unknown_method_is_not_repeated():
    """A method is free text of the caller; several lines are written at once."""
    wrote = []
    notes = Notes(Access(wrote.append).tell)
    access.setLevel(logging.INFO)

    async def both():
        notes.add(Note(0.0, 'GET", "x', "unmatched", 405, 0.001, "", "r1"))
        notes.add(Note(0.0, "PUT", "/predict", 405, 0.001, "", "r2"))

    asyncio.run(both())
    notes.flush()
    access.setLevel(logging.NOTSET)
    (text,) = wrote
    assert [json.loads(line)["method"] for line in text.splitlines()] == ["OTHER", "PUT"]


TELL = """
import logging, os
from serving.logs import Access
from serving.notes import Note
logging.basicConfig(level="INFO")
os.fork()
note = Note(1.7e9, "OPTIONS", "/predict/batch", 200, 99.0, "k" * 64, "i" * 64)
for _ in range(30):
    Access().tell([note] * 500)
"""


def test_lines_of_several_workers_do_not_mix():
    """Two processes that write to one pipe at the same time leave whole lines, also where each is as long as can be."""
    told = subprocess.run([sys.executable, "-c", TELL], stderr=subprocess.PIPE, check=True).stderr.splitlines()
    assert len(told) == 30_000
    assert {json.loads(line)["status"] for line in told} == {200}
