"""Who may enter: the host that a request names, then its key, both before anything else of it is looked at.

| path                         | without a key | with a key of scope                |
| /health, /ready              | open          | open: a probe of the platform asks |
| /predict, /predict/batch     | 401           | predict                            |
| /outcomes                    | 401           | outcomes                           |
| /model                       | 401           | predict or admin                   |
| /metrics                     | 401           | admin: who scrapes may not predict |
| /docs, /openapi.json         | 401           | any; a browser asks for a password |
| /dashboard and all below     | 401           | admin; a browser asks as well      |
| anything else                | 401           | any, and is then not found         |

Paths are compared whole, as the router compares them, so that no prefix, suffix or spelling opens another. No scope
contains another; a key may have several. Where no key is set, the server listens to this machine alone and all is open.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable
from typing import NamedTuple

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.keys.key import SCOPES
from serving.keys.ring import Keyring
from serving.problems import problem

OPEN = frozenset({"/health", "/ready"})
ADMIN = frozenset({"admin"})
NEEDS = {
    "/predict": frozenset({"predict"}),
    "/predict/batch": frozenset({"predict"}),
    "/outcomes": frozenset({"outcomes"}),
    "/model": frozenset({"predict", "admin"}),
    "/metrics": ADMIN,
}
ANY = frozenset(SCOPES)
PAGES = ("/docs", "/openapi.json")
DASHBOARD = "/dashboard"
HOLDER = "churn.key"  # where in the scope the name of the key is

REALM = 'Bearer realm="churn"'


class Door(NamedTuple):
    """The keys, None where all is open, and the hosts that may be named, none for any."""

    keys: Keyring | None
    hosts: frozenset[str]


class Guard:
    """ASGI middleware: refuses who may not enter, and notes the name of the key of who may."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self._keys, self._hosts = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on or answer why not."""
        if scope["type"] == "http" and (refusal := self._refuse(scope)):
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refuse(self, scope: Scope) -> JSONResponse | None:
        sent = dict(scope["headers"])
        if self._hosts and _name(sent.get(b"host", b"")) not in self._hosts:
            return misdirected()
        path = scope["path"]
        if self._keys is None or path in OPEN:
            return None
        basic = path in PAGES or path.startswith("/docs/") or _on_dashboard(path)
        secret = secret_of(sent, basic=basic)
        key = self._keys.find(secret)
        if key is None:
            return unknown(invalid=bool(secret), basic=basic)
        scope[HOLDER] = key.name
        needed = ADMIN if _on_dashboard(path) else NEEDS.get(path, ANY)
        return None if key.scopes & needed else forbidden(needed)


def _on_dashboard(path: str) -> bool:
    return path == DASHBOARD or path.startswith(f"{DASHBOARD}/")


def secret_of(sent: dict[bytes, bytes], *, basic: bool) -> str:
    """The key of a request, empty if it has none. As the password of a Basic login it counts only where `basic` says so.

    A browser sends a Basic login along by itself, also when a foreign page makes it post; so it opens pages only.
    """
    own = sent.get(b"x-api-key")
    if own is not None:
        return own.decode("latin-1")
    kind, _, rest = sent.get(b"authorization", b"").decode("latin-1").partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    return _password(rest) if basic and kind.lower() == "basic" else ""


def _password(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode("latin-1").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _name(host: bytes) -> str:
    """The name in a Host header, without the port."""
    name, _, port = host.decode("latin-1").lower().rpartition(":")
    return name if name and port.isdecimal() else host.decode("latin-1").lower()


def misdirected() -> JSONResponse:
    """Answer to a page elsewhere that had its own name resolved to this machine."""
    detail = "this server does not answer for that host; name it in CHURN_ALLOWED_HOSTS if it should"
    return problem(421, "Misdirected Request", detail)


def unknown(*, invalid: bool, basic: bool) -> JSONResponse:
    """Answer to a request without a valid key. It does not tell a wrong key from one that was withdrawn."""
    challenge = f'{REALM}, error="invalid_token"' if invalid else REALM
    headers = {"WWW-Authenticate": f'{challenge}, Basic realm="churn"' if basic else challenge}
    detail = "send an API key as Authorization: Bearer KEY or as X-API-Key: KEY"
    return problem(401, "An API key is needed", detail, kind="urn:churn:problem:unauthorized", headers=headers)


def forbidden(needed: Iterable[str]) -> JSONResponse:
    """Answer to a key without the scope."""
    scopes = " or ".join(sorted(needed))
    headers = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{" ".join(sorted(needed))}"'}
    detail = f"this needs an API key with the scope {scopes}"
    return problem(403, "The API key does not open this", detail, kind="urn:churn:problem:forbidden", headers=headers)
