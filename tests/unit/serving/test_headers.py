"""What surrounds every answer: ids, headers, hosts, and the size of a head."""

import re

import pytest

from serving.app import create_app, hosts
from serving.limits import HEAD, MOST_HEADERS

CAREFUL = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
PATHS = ["/health", "/ready", "/model", "/metrics", "/openapi.json", "/docs", "/docs/assets/swagger-ui.css", "/no", "/predict"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_a_browser_to_be_careful(client, path):
    """Pages, files, refusals and figures carry the same headers, and a policy that loads nothing from elsewhere."""
    answer = client.get(path)
    assert {name: answer.headers[name] for name in CAREFUL} == CAREFUL
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_the_answer_to_a_bug_is_dressed_too(client, store, row):
    """A crash has an id and the headers like any other answer."""
    store.log = None
    answer = client.post("/predict", json=row, headers={"x-request-id": "mine"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "mine")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_request_has_an_id(client):
    """A sane id of the caller is kept; without one, or with one that a log should not hold, a new one is made."""
    assert client.get("/health", headers={"x-request-id": "trace-1.2_3"}).headers["x-request-id"] == "trace-1.2_3"
    bad = ["", "a b", 'a","level":"', "x" * 65, "é", "<script>"]
    sent = [{}, {}, *({"x-request-id": one.encode()} for one in bad)]
    made = [client.get("/health", headers=headers).headers["x-request-id"] for headers in sent]
    assert len(set(made)) == 8
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in made)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:9", "[::1]", "[::1]:8000"])
def test_this_machine_is_addressed_by_its_own_names(client, host):
    """With a port or without."""
    assert client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil:80", "", "[::2]", "evil@localhost"])
def test_another_name_for_this_machine_is_refused(client, host):
    """A page whose name was made to resolve to this machine (DNS rebinding) reads nothing, not even health."""
    for path in ("/health", "/metrics", "/nowhere"):
        answer = client.get(path, headers={"host": host})
        assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
        assert "CHURN_ALLOWED_HOSTS" in answer.json()["detail"]


def test_names_can_be_added(settings):
    """A proxy's name is allowed by a setting; beyond this machine keys guard, and any name does unless some are set."""
    own = {"localhost", "127.0.0.1", "[::1]"}
    assert hosts(settings) == own
    assert hosts(settings.model_copy(update={"allowed_hosts": "Churn.example, b"})) == own | {"churn.example", "b"}
    abroad = {"host": "0.0.0.0"}
    assert hosts(settings.model_copy(update=abroad)) == set()
    assert hosts(settings.model_copy(update=abroad | {"allowed_hosts": "b"})) == own | {"b"}


def test_a_head_has_limits(client):
    """Too many headers, or too large a head, are 431; the limits themselves pass."""
    few = {f"x-{i}": "1" for i in range(MOST_HEADERS - 10)}
    assert client.get("/health", headers=few | {"x-large": "y" * (HEAD - 4096)}).status_code == 200
    for path, headers in (
        ("/health", {f"x-{i}": "1" for i in range(MOST_HEADERS + 1)}),
        ("/health", {"x-large": "y" * HEAD}),
        ("/health?" + "z" * HEAD, {}),
    ):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (431, 431)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_only_http_passes(settings, slot, store, anyio_backend):
    """A WebSocket is dropped before any route sees it."""
    sent = []
    scope = {"type": "websocket", "path": "/docs/assets/x", "headers": [], "subprotocols": []}

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    await create_app(settings, slot, store)(scope, receive, send)
    assert sent == []


def test_the_page_may_run_only_its_own_script(client):
    """The policy names the inline script by its hash and allows no other inline script."""
    policy = client.get("/docs").headers["content-security-policy"]
    (scripts,) = re.findall(r"script-src ([^;]+)", policy)
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/]{43}='", scripts)
