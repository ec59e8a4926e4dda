"""The short way answers as the routes do."""

import json

import anyio
import pytest

from serving.app import create_app
from serving.express import Express

JSON = [(b"content-type", b"application/json")]


class Elsewhere:
    """The app that the short way hands on to; remembers what came."""

    def __init__(self):
        self.seen = []

    async def __call__(self, scope, receive, send):
        self.seen.append(scope)


async def reply(app, scope, messages):
    """Status, headers and content that an app sends."""
    sent = []
    coming = iter(messages)

    async def receive():
        return next(coming)

    async def send(message):
        sent.append(message)

    await app({"type": "http", "query_string": b"", "headers": JSON} | scope, receive, send)
    return sent and (sent[0]["status"], dict(sent[0]["headers"]), b"".join(m.get("body", b"") for m in sent[1:]))


@pytest.fixture
def elsewhere():
    return Elsewhere()


@pytest.fixture
def ask(slot, store, settings, elsewhere):
    """Post to the short way of an app; gives status, headers and content."""

    express = Express(elsewhere, create_app(settings, slot, store).state.parts)

    def post(*messages, **scope):
        return anyio.run(reply, express, {"path": "/predict", "method": "POST"} | scope, messages)

    return post


def chunk(body, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


def test_it_answers_as_the_route_does(ask, client, store, row):
    """Status, kind and fields are those of the route, and the prediction is on record."""
    status, headers, content = ask(chunk(json.dumps(row).encode()))
    told, routed = json.loads(content), client.post("/predict", json=row)
    assert (status, headers[b"content-type"]) == (200, routed.headers["content-type"].encode())
    assert headers[b"content-length"] == b"%d" % len(content)
    assert told.keys() == routed.json().keys()
    assert {**told, "prediction_id": ""} == {**routed.json(), "prediction_id": ""}
    assert store.predictions[told["prediction_id"]].features == row


def test_a_body_may_come_in_pieces(ask, row):
    """Pieces are put together."""
    text = json.dumps(row).encode()
    assert ask(chunk(text[:9], more=True), chunk(text[9:20], more=True), chunk(text[20:]))[0] == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"tenure": NaN}', b'{"tenure": "5"}', b'{"x": 1}'])
def test_it_refuses_as_the_route_does(ask, client, body):
    """The problem is the same, word for word."""
    status, headers, content = ask(chunk(body))
    routed = client.send("/predict", body)
    assert (status, headers[b"content-type"].decode()) == (routed.status_code, routed.headers["content-type"])
    assert json.loads(content) == routed.json()


def test_a_body_not_declared_as_json_is_415(ask, row):
    """The declaration is asked for here too."""
    assert ask(chunk(json.dumps(row).encode()), headers=[(b"content-type", b"text/plain")])[0] == 415


def test_no_answer_without_a_record(ask, store, row):
    """A store that is down is 503, and a bug is 500 without its words and is raised for the log."""
    store.down = True
    assert ask(chunk(json.dumps(row).encode()))[0] == 503

    def broken(_):
        raise ZeroDivisionError("secret")

    store.log = broken
    with pytest.raises(ZeroDivisionError):
        ask(chunk(json.dumps(row).encode()))


def test_a_caller_that_hangs_up_is_no_bug(ask, store):
    """A body that ends early is nobody's fault here."""
    assert ask(chunk(b'{"te', more=True), {"type": "http.disconnect"})[0] == 400
    assert store.predictions == {}


@pytest.mark.parametrize(
    "scope",
    [
        {"path": "/predict/batch"},
        {"path": "/predict/"},
        {"method": "GET"},
        {"query_string": b"explain=5"},
        {"type": "lifespan"},
    ],
)
def test_everything_else_is_handed_on(ask, elsewhere, scope):
    """Other paths, other methods, parameters and what is no request go to the app."""
    assert not ask(**scope)
    assert len(elsewhere.seen) == 1
