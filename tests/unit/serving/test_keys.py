"""API keys: their lines, their file, and what each opens."""

import logging
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from time import sleep

import pytest

from churn.errors import ParamsError
from churn.settings import Settings, load
from serving.app import create_app
from serving.keys.guard import NEEDS, OPEN, PAGES
from serving.keys.key import SCOPES, make, parse
from serving.keys.ring import Keyring

MADE = {scope: make(f"{scope}-client", [scope]) for scope in SCOPES}
SECRETS = {scope: secret for scope, (secret, _) in MADE.items()}
LINES = "\n".join(line for _, line in MADE.values())
READS = ["/model", "/metrics", "/docs", "/openapi.json", "/health", "/ready", "/nowhere"]
WEAK = ["", " ", "admin", "password", "None", "null", "x" * 49]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "keys"
    path.write_text(LINES)
    return path


@pytest.fixture
def guarded(settings, slot, store, talk, file):
    """A client of an app with one key for each scope."""
    with talk(create_app(settings.model_copy(update={"api_keys_file": file}), slot, store)) as client:
        yield client


def sent_with(client, secret, path, row=None):
    """The status of a request with a key."""
    headers = {"authorization": f"Bearer {secret}"}
    return (client.get(path, headers=headers) if row is None else client.post(path, json=row, headers=headers)).status_code


def test_a_made_key_is_found_by_its_line():
    """The secret is shown once; the line holds name, scopes and hash, and nothing of the secret."""
    secret, line = make("crm", ["predict", "outcomes"])
    (key,) = parse(line)
    assert (key.name, key.scopes) == ("crm", {"predict", "outcomes"})
    assert line == f"crm:predict,outcomes:{sha256(secret.encode()).hexdigest()}"
    assert secret[:10] not in line
    assert Keyring(line, None).find(secret) == key
    assert make("crm", ["predict"])[0] != secret


def test_comments_and_blank_lines_are_no_keys():
    """A file may explain itself."""
    assert [key.name for key in parse(f"# mine\n\n{LINES} # rotate in May\n")] == [f"{scope}-client" for scope in SCOPES]


@pytest.mark.parametrize(
    "line",
    ["crm", "crm:predict", f"crm:root:{'0' * 64}", f"crm::{'0' * 64}", f"crm:predict:{'0' * 63}", f"c/m:predict:{'0' * 64}"],
)
def test_a_malformed_line_is_refused_and_not_repeated(line):
    """The refusal names the position, since the line may hold a secret."""
    with pytest.raises(ParamsError, match="API key 4 is not name:scopes:sha256") as caught:
        parse(f"{LINES}\n{line}")
    assert line not in str(caught.value)


def test_two_keys_may_share_a_name_and_not_a_hash():
    """While a client changes its key both are valid; one hash with two sets of scopes would be ambiguous."""
    line = make("crm", ["predict"])[1]
    assert len(parse(f"{line}\n{make('crm', ['predict'])[1]}")) == 2
    with pytest.raises(ParamsError, match="same hash"):
        parse(f"{line}\n{line}")


@pytest.mark.parametrize(("name", "scopes"), [("", ["predict"]), ("a b", ["predict"]), ("a" * 65, ["predict"]), ("crm", [])])
def test_a_key_without_a_plain_name_or_a_scope_is_not_made(name, scopes):
    """What could not be read back is not made."""
    with pytest.raises(ParamsError):
        make(name, scopes)


@pytest.mark.parametrize("weak", WEAK)
def test_a_weak_key_opens_nothing_whatever_is_stored(weak):
    """A secret that does not look made is not looked up, even if its hash stands in the file."""
    assert Keyring(f"crm:predict:{sha256(weak.encode()).hexdigest()}", None).find(weak) is None


def test_keys_that_are_named_must_exist(settings, slot, store, tmp_path):
    """A file that is absent, empty or malformed stops the start instead of opening the door."""
    for text, reason in ((None, "cannot be read"), ("# none\n", "holds no API key"), ("x", "API key 1 is not")):
        path = tmp_path / "broken"
        if text is not None:
            path.write_text(text)
        with pytest.raises(ParamsError, match=reason):
            create_app(settings.model_copy(update={"api_keys_file": path}), slot, store)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", ""])
def test_without_keys_only_this_machine_is_served(monkeypatch, host):
    """Another host is refused in one line that names the way out, also when the variables for keys are set to nothing."""
    for name, value in (("HOST", host), ("API_KEYS", " "), ("API_KEYS_FILE", "")):
        monkeypatch.setenv(f"CHURN_{name}", value)
    with pytest.raises(ParamsError, match=r"CHURN_HOST: .*not a loopback address.*churn key") as caught:
        load()
    assert "\n" not in str(caught.value)


def test_with_keys_any_host_is_served(monkeypatch):
    """Keys in the environment or in a file are enough."""
    for name in ("API_KEYS", "API_KEYS_FILE"):
        with monkeypatch.context() as patch:
            patch.setenv(f"CHURN_{name}", MADE["predict"][1])
            patch.setenv("CHURN_HOST", "0.0.0.0")
            assert load().host == "0.0.0.0"
            assert load().api_url == "http://127.0.0.1:8000"


def test_settings_do_not_show_keys():
    """Even hashes stay out of what may be printed."""
    assert MADE["predict"][1] not in repr(Settings(api_keys=LINES))


@pytest.mark.parametrize("path", [*READS, "/predict"])
def test_without_a_key_only_health_and_readiness_answer(guarded, path):
    """All else is a 401 problem that says how to send a key, whether the path exists or not."""
    answer = guarded.get(path)
    if path in OPEN:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.headers["www-authenticate"].startswith('Bearer realm="churn"')
        assert "X-API-Key" in answer.json()["detail"]


@pytest.mark.parametrize("secret", [*WEAK, "churn_" + "A" * 43, "ü" * 49])
def test_a_wrong_key_opens_nothing(guarded, row, secret):
    """Neither way of sending it helps."""
    for headers in ({"authorization": f"Bearer {secret}".encode()}, {"x-api-key": secret.encode()}):
        assert guarded.post("/predict", json=row, headers=headers).status_code == 401
        assert guarded.get("/metrics", headers=headers).status_code == 401


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_what_its_scope_says(guarded, row, scope):
    """Each path asks for its own scope, and a missing scope is a 403 that names it."""
    secret, headers = SECRETS[scope], {"authorization": f"Bearer {SECRETS[scope]}"}
    bodies = {"/predict": row, "/predict/batch": {"customers": [row]}, "/outcomes": {"outcomes": []}}
    for path, needed in NEEDS.items():
        body = bodies.get(path)
        status = sent_with(guarded, secret, path, body)
        expected = 422 if path == "/outcomes" else 200
        assert status == (expected if scope in needed else 403), path
    for path in PAGES:
        assert sent_with(guarded, secret, path) == 200
    assert sent_with(guarded, secret, "/nowhere") == 404
    if scope != "predict":
        answer = guarded.post("/predict", json=row, headers=headers)
        assert answer.headers["www-authenticate"] == 'Bearer realm="churn", error="insufficient_scope", scope="predict"'
        assert "scope predict" in answer.json()["detail"]


def test_a_key_may_be_sent_in_either_header(guarded, row):
    """Authorization: Bearer and X-API-Key are equal; the latter goes before a login that a browser sends by itself."""
    secret = SECRETS["predict"]
    for headers in (
        {"authorization": f"bearer {secret}"},
        {"x-api-key": secret},
        {"x-api-key": secret, "authorization": "Basic eDp5"},
    ):
        assert guarded.post("/predict", json=row, headers=headers).status_code == 200


def test_a_browser_opens_the_page_with_a_login_and_nothing_else(guarded, row):
    """The password is a key; a login that a browser repeats on its own must not predict."""
    login = {"authorization": "Basic " + b64encode(f"me:{SECRETS['predict']}".encode()).decode()}
    assert "Basic" in guarded.get("/docs").headers["www-authenticate"]
    for path in (*PAGES, "/docs/assets/swagger-ui.css"):
        assert guarded.get(path, headers=login).status_code == 200
    assert guarded.post("/predict", json=row, headers=login).status_code == 401
    assert guarded.get("/docs", headers={"authorization": "Basic %%%"}).status_code == 401


def test_every_route_has_its_place_in_the_table(client):
    """A route that nobody thought about would be open to any key."""
    assert set(client.get("/openapi.json").json()["paths"]) == OPEN | NEEDS.keys()


def test_the_page_shows_the_keys_only_if_they_are_needed(client, guarded):
    """Guarded operations name both headers and their refusals; open ones and an open server name none."""
    page = guarded.get("/openapi.json", headers={"x-api-key": SECRETS["admin"]}).json()
    assert set(page["components"]["securitySchemes"]) == {"bearer", "header"}
    for path, operations in page["paths"].items():
        for operation in operations.values():
            assert ("security" in operation) == (path not in OPEN)
            assert ({"401", "403"} <= operation["responses"].keys()) == (path not in OPEN)
    assert "scope admin" in page["paths"]["/metrics"]["get"]["responses"]["403"]["description"]
    assert "securitySchemes" not in client.get("/openapi.json").json()["components"]


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.INFO, "serving.keys")
    return caplog


def replace(path: Path, text: str) -> None:
    """Write a file whole, as a careful operator does."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(path)


def test_keys_are_rotated_without_a_restart(guarded, row, file, told):
    """A key that is added opens, one that is removed does not, and the log names who holds keys now."""
    secret, line = make("new", ["predict"])
    assert sent_with(guarded, secret, "/predict", row) == 401
    replace(file, line)
    until(lambda: sent_with(guarded, secret, "/predict", row) == 200)
    assert sent_with(guarded, SECRETS["predict"], "/predict", row) == 401
    assert "API keys were read again: new" in told.text


@pytest.mark.parametrize("text", [None, "", "# all gone\n", "broken", b"\xff\xfe"])
def test_a_broken_file_keeps_the_last_good_keys(file, text, told):
    """Absent, empty, malformed or no text: the keys stay, and the log says so once."""
    ring = Keyring("", file)
    if text is None:
        file.unlink()
    else:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    ring.check()
    ring.check()
    assert ring.find(SECRETS["predict"])
    assert len(told.records) == 1
    assert re.search(r"keys stay as they were: admin-client, outcomes-client, predict-client", told.text)


def test_keys_of_environment_and_file_count_together(file):
    """The file may come and go beside the keys of the environment."""
    secret, line = make("fixed", ["admin"])
    ring = Keyring(line, file)
    assert ring.find(secret).name == "fixed"
    assert ring.find(SECRETS["predict"]).name == "predict-client"


def until(condition, tries=200):
    """Ask until it is so."""
    for _ in range(tries):
        if condition():
            return
        sleep(0.02)
    raise AssertionError("it did not happen in time")
