"""A real server under attack: one test for each class of fault that servers like it have had, and generated requests.

Two known classes have no place here. There is no API that starts jobs or takes events: the whole API stands in the
table of `serving.keys.guard`, and a test there holds the two together. No archive is unpacked, so no link in one
leads out of a folder.
"""

import contextlib
import json
import os
import pickle
import re
import shutil
import socket
import time
from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.generation import GenerationMode

from churn.errors import ParamsError
from churn.settings import load
from serving.keys.key import make
from serving.limits import HEAD
from support.server import point, running, until
from support.tiny import ROW, build_bundle

JSON = {"content-type": "application/json"}
MANY = int(os.environ.get("CHURN_TEST_REQUESTS", "500"))
PARTS = 5
SECRET, LINE = make("tester", ["predict", "outcomes", "admin"])
ASKING = (f"X-API-Key: {SECRET}", "Content-Type: application/json")


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A state folder with a champion."""
    state = tmp_path_factory.mktemp("state")
    point(state, "1", build_bundle(state / "built"))
    return state


@pytest.fixture(scope="module")
def guarded(state):
    """A server with a key, whose patience is short."""
    with running(state, patience=0.05, CHURN_API_KEYS=LINE) as (process, client):
        yield process.pid, client


@pytest.fixture
def client(guarded):
    return guarded[1]


@pytest.fixture
def address(client):
    return client.base_url.host, client.base_url.port


def raw(address, *parts, pause=0.0):
    """What a server says to bytes, until it closes."""
    said = b""
    with socket.create_connection(address, timeout=20) as caller:
        for part in parts:
            caller.sendall(part)
            time.sleep(pause)
        while piece := caller.recv(65536):
            said += piece
    return said


def head(method, path, *headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "path",
    [
        "/predict/health", "/metrics/ready", "//health", "/health/", "/health/../metrics", "/health/..%2fmetrics",
        "/%2e%2e/metrics", "/metrics%2fhealth", "/metrics;/health", "/metrics?/health", "/metrics#/health", "/METRICS/health",
        "/Health", "/HEALTH", "/health%00", "/health%0a", "/health.json", "/model%3f/ready", "/./metrics", "/metrics%20/ready",
        "http://localhost/metrics/health", "/ready\\..\\metrics", "/docs/assets/../../metrics",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_no_spelling_of_a_path_skips_the_key(address, method, path):
    """Only the two open paths, written as they are, answer without a key; a suffix, case or escape makes another path."""
    status = raw(address, head(method, path, "Content-Length: 0")).split(b" ", 2)[1]
    assert status in {b"401", b"400"}


@pytest.mark.parametrize(
    "path",
    ["../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "..\\..\\etc\\passwd",
     "%252e%252e/etc/passwd", "....//....//etc/passwd", "%00", "a" * 5000],
)  # fmt: skip
def test_no_path_leaves_the_folder_of_the_page(address, path):
    """The one route that reads files gives only its own."""
    said = raw(address, head("GET", f"/docs/assets/{path}", f"X-API-Key: {SECRET}"))
    assert said.split(b" ", 2)[1] in {b"404", b"400", b"405"}
    assert b"root:" not in said


def test_a_pointer_cannot_name_a_bundle_that_does_not_verify(state, tmp_path):
    """The path in a champion pointer leads only to what has a manifest whose hashes hold."""
    with running(tmp_path_state(tmp_path, state)) as (_, client):
        for folder in ("../../../../etc", "/etc", "a\u0000b", ""):
            point(tmp_path, "2", folder)
            until(lambda folder=folder: client.get("/model").json()["last_failure"])
            assert client.get("/ready").json()["model_version"] == "1"
            point(tmp_path, "1", str(state / "built"))
            until(lambda: client.get("/model").json()["last_failure"] is None)


def tmp_path_state(tmp_path, state):
    point(tmp_path, "1", state / "built")
    return tmp_path


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return Path.touch, (self.target,)


def test_a_pickle_in_a_bundle_is_never_opened(state, tmp_path):
    """Whatever its name, a pickle beside the files of a bundle or in place of one does nothing."""
    exploded, folder = tmp_path / "exploded", tmp_path / "bombs"
    bomb = pickle.dumps(Bomb(exploded))
    shutil.copytree(state / "built", folder)
    for name in ("model.pkl", "model.joblib", "contract.pkl", "__init__.pkl"):
        (folder / name).write_bytes(bomb)
    shutil.copytree(folder, tmp_path / "replaced")
    (tmp_path / "replaced" / "model.onnx").write_bytes(bomb)
    with running(tmp_path_state(tmp_path, state)) as (_, client):
        for version, name in (("2", "bombs"), ("3", "replaced")):
            point(tmp_path, version, str(tmp_path / name))
            until(lambda version=version: version in seen(client))
        assert "3" not in client.get("/ready").json()["model_version"]
        assert client.post("/predict", json=ROW).status_code == 200
    assert not exploded.exists()
    pickle.loads(bomb)
    assert exploded.exists(), "this was no bomb"


def seen(client):
    """Versions that were tried."""
    card = client.get("/model").json()
    return {card["version"], (card["last_failure"] or {}).get("version")}


@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/outcomes"])
def test_multipart_is_refused_unread(guarded, path):
    """Parts that a form parser would keep in memory are not even parsed."""
    pid, client = guarded
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(100_000))
    before = resident(pid)
    for _ in range(5):
        headers = {"x-api-key": SECRET, "content-type": "multipart/form-data; boundary=x"}
        assert client.post(path, content=parts, headers=headers).status_code in {413, 415}
    assert resident(pid) - before < 32 * 1024


def test_the_end_of_one_body_is_no_part_of_the_next_head(address):
    """A head of which the beginning comes with the rest of a large request before it is not refused for its size."""
    keep = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50000\r\n\r\n"
    second = head("GET", "/health")
    said = raw(address, keep + b" " * 100, b" " * 49_900 + second[:20], second[20:], pause=0.3)
    assert re.findall(rb"HTTP/1\.1 (\d{3})", said) == [b"401", b"200"]


def test_a_weak_or_absent_key_opens_nothing(address):
    """No key, an empty one and a guessed one are the same 401."""
    for header in (
        "X-API-Key:",
        "X-API-Key: None",
        "Authorization: Bearer",
        "Authorization: Bearer ",
        "Authorization: Basic Og==",
    ):
        assert raw(address, head("GET", "/metrics", header)).startswith(b"HTTP/1.1 401")


def test_nothing_listens_beyond_this_machine_without_keys(monkeypatch):
    """CHURN_HOST=0.0.0.0 is refused; a key makes it possible."""
    monkeypatch.setenv("CHURN_HOST", "0.0.0.0")
    with pytest.raises(ParamsError, match=r"CHURN_HOST.*loopback"):
        load()
    monkeypatch.setenv("CHURN_API_KEYS", LINE)
    assert load().host == "0.0.0.0"


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", b"POST /predict HTTP/1.1\r\nHost: localhost\r\n", b"\r\n\r\n",
     head("POST", "/predict", *ASKING, "Content-Length: 100") + b'{"a',
     head("POST", "/predict", *ASKING, "Transfer-Encoding: chunked") + b"5\r\n{"],
    ids=["nothing", "a letter", "half a head", "blank lines", "half a body", "half a chunk"],
)  # fmt: skip
def test_a_request_that_never_ends_is_ended(address, sent):
    """Silence, half a head and half a body are answered 408 and closed."""
    start = time.monotonic()
    assert raw(address, sent).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - start < 5


def test_drops_of_a_head_do_not_buy_time(address):
    """One byte now and then does not start the clock anew."""
    drops = [b"X-a: b\r\n"] * 20
    with pytest.raises(OSError, match=r"reset|pipe"):
        raw(address, b"GET /health HTTP/1.1\r\n", *drops, pause=0.1)


def test_a_head_without_end_is_cut_off(guarded, address):
    """An endless header, or endlessly many, is answered 431 before it fills the memory."""
    pid, _ = guarded
    before = resident(pid)
    for endless in (b"a" * 8192, b"X-a: b\r\n" * 1000):
        said = b""
        with socket.create_connection(address, timeout=10) as caller:
            caller.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-long: ")
            try:
                for _ in range(5000):
                    caller.sendall(endless)
                    time.sleep(0.0005)
            except OSError:
                pass
            else:
                pytest.fail(f"the server took {5000 * len(endless)} bytes of head beyond {HEAD}, and said {said!r}")
    assert resident(pid) - before < 16 * 1024


def test_an_answer_that_nobody_reads_is_given_up(state):
    """A caller that asks without reading is cut off, instead of being kept in memory with its answers."""
    ask = head("GET", "/docs/assets/swagger-ui-bundle.js").replace(b"Connection: close\r\n", b"")
    with running(state, patience=0.1) as (_, client), socket.socket() as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.connect((client.base_url.host, client.base_url.port))
        until(lambda: held(caller))
        caller.setblocking(False)
        with contextlib.suppress(OSError):  # full, or cut off already
            for _ in range(20):
                caller.sendall(ask)
                time.sleep(0.001)
        until(lambda: not held(caller))


def held(caller):
    """Whether a process still holds the other end of a connection; the system may keep what nobody read."""
    here, there = (f"{end[1]:04X}" for end in (caller.getsockname(), caller.getpeername()))
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(line[1].endswith(there) and line[2].endswith(here) and line[9] != "0" for line in lines)


def resident(pid):
    """Resident memory of a process in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


WRITTEN = [
    b"", b"null", b"[]", b"{}", b"0", b'""', b"{", b"}", b"[[", b'{"a":', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}", b'"\\ud800"',
    b'{"\\u0000": 1}', b"[" * 60_000, b'{"a":' * 10_000, b"1" * 60_000, b"1e400", b"-1e400", b"NaN", b"Infinity", b"true",
    b"{'a': 1}", b"{,}", b'{"a": 1, "a": 2}', b'{"__proto__": {}}', b'{"__class__": "x"}', b'{"$ref": "#"}',
    b"<xml/>", b"a=1&b=2", b"%00", b"' OR 1=1 --", b"\x1f\x8b\x08\x00", b"\x80\x04N.", b"PK\x03\x04",
    b'{"customers": null}', b'{"customers": [null]}', b'{"customers": [[]]}', b'{"customers": {"0": {}}}',
    b'{"customers": [' + b"{}," * 9_999 + b"{}]}", b'{"customers": [{"' + b"a" * 50_000 + b'": 1}]}',
    b'{"outcomes": [{}]}', b'{"outcomes": [{"prediction_id": "", "churned": true}]}',
    b'{"outcomes": [{"prediction_id": "\'; DROP TABLE predictions; --", "churned": true}]}',
    b'{"outcomes": [{"prediction_id": "x", "churned": 1}]}',
    b'{"outcomes": [{"prediction_id": "x", "churned": true, "observed_at": "0000-00-00"}]}',
    b'{"outcomes": [{"prediction_id": "x", "churned": true, "observed_at": "9999-12-31T23:59:59-14:00"}]}',
    b'{"outcomes": [{"prediction_id": "x", "churned": true, "observed_at": 1e99}]}',
    b'{"outcomes": [{"prediction_id": "x", "churned": true, "observed_at": "2026-02-30"}]}',
]  # fmt: skip
ODD_ROWS = [
    {"tenure": value} for value in (1e308, -0.0, 5e-324, 10**400, "5", None, [], {}, True)
] + [{"class": value} for value in ("", "\u0000", "x" * 100_000, "\u202e", "😀", 5)] + [{"customer id": 10**30}]  # fmt: skip


@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/outcomes"])
def test_written_bodies_are_refused(client, path):
    """None of fifty hostile bodies is a server error, and none is answered with 200."""
    assert len(WRITTEN) == 50
    for body in WRITTEN:
        answer = client.post(path, content=body, headers=JSON | {"x-api-key": SECRET})
        assert answer.status_code in {400, 404, 413, 422}, body[:80]
        assert answer.headers["content-type"] == "application/problem+json"
        json.loads(answer.text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_odd_values_are_answered_or_refused(client):
    """Odd values in an otherwise good row are scored or named, never an error of the server."""
    for odd in ODD_ROWS:
        answer = client.post("/predict", content=json.dumps(ROW | odd), headers=JSON | {"x-api-key": SECRET})
        assert answer.status_code in {200, 400, 413, 422}, str(odd)[:80]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_generated_requests_meet_no_server_error(guarded):
    """Requests made from the API page, in and out of its rules, get no 5xx and leave no memory behind.

    CHURN_TEST_REQUESTS=10000 sends that many, and then holds the growth of resident memory below 5 %.
    """
    pid, client = guarded
    url = f"{client.base_url}/openapi.json".replace("//openapi", "/openapi")
    schema = schemathesis.openapi.from_url(url, headers={"x-api-key": SECRET})
    operations = [found.ok() for found in schema.get_all_operations()]
    statuses: Counter[int] = Counter()
    sizes = []
    for part in range(PARTS):
        attack(operations, MANY // PARTS, part, statuses)
        sizes.append(resident(pid))
    print(f"{statuses.total()} requests, answers {dict(sorted(statuses.items()))}, KiB after each part {sizes}")  # noqa: T201
    assert statuses.total() >= MANY * 0.9
    assert {200, 422} <= statuses.keys()
    assert MANY < 10_000 or sizes[-1] < 1.05 * sizes[0]


def attack(operations, wanted, start, statuses):
    """Send about as many requests as wanted: a few without a body, the rest to those with one."""
    plan = [(one, mode) for one in sorted(operations, key=lambda one: one.method) for mode in modes(one)]
    for left, (operation, mode) in zip(range(len(plan), 0, -1), plan, strict=True):
        wanted -= generated(operation.as_strategy(generation_mode=mode), -(-wanted // left), start, statuses)


def modes(operation):
    """Within the rules and, where there is a body to get wrong, against them."""
    return list(GenerationMode) if operation.method == "post" else [GenerationMode.POSITIVE]


def generated(strategy, most, start, statuses):
    """Send requests of one strategy; returns how many it had."""
    sent = 0

    @seed(start)
    @settings(max_examples=most, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def send(case):
        nonlocal sent
        answer = case.call(headers={"x-api-key": SECRET})
        sent += 1
        statuses[answer.status_code] += 1
        assert answer.status_code < 500, answer.text
        assert "Traceback" not in answer.text

    send()
    return sent
