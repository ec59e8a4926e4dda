"""One API key: the line that is stored, and how a new one is made.

A stored line reads `name:scope,scope:sha256hex`. A key has 256 random bits, so its plain hash cannot be searched
through and a slow one would protect nothing more. What does not look like a made key is never looked up, whatever hash
is stored: `password` opens nothing.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from churn.errors import ParamsError

SCOPES = ("predict", "outcomes", "admin")
PREFIX = "churn_"
LENGTH = len(PREFIX) + len(secrets.token_urlsafe(32))
LINE = re.compile(r"(?P<name>[A-Za-z0-9._-]{1,64}):(?P<scopes>[a-z,]+):(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True)
class Key:
    """Who holds a key and what it is for. The key itself is nowhere, only its sha256."""

    name: str
    scopes: frozenset[str]
    digest: bytes


def digest(secret: str) -> bytes | None:
    """The sha256 of a key as received, None for what cannot be one."""
    made = len(secret) == LENGTH and secret.startswith(PREFIX) and secret.isascii()
    return sha256(secret.encode()).digest() if made else None


def parse(text: str) -> tuple[Key, ...]:
    """Read keys separated by lines or blanks; `#` starts a comment. Raises ParamsError naming the entry by its position."""
    entries = [entry for line in text.splitlines() for entry in line.partition("#")[0].split()]
    keys = tuple(_entry(position, entry) for position, entry in enumerate(entries, 1))
    if len({key.digest for key in keys}) < len(keys):
        raise ParamsError("two API keys have the same hash; keep one of them")
    return keys


def _entry(position: int, entry: str) -> Key:
    """Read one entry. What is wrong is not repeated, since somebody may have stored a key and not its hash."""
    found = LINE.fullmatch(entry)
    scopes = frozenset(found["scopes"].split(",")) if found else frozenset()
    if found is None or not scopes <= set(SCOPES):
        raise ParamsError(f"API key {position} is not name:scopes:sha256 with scopes among {', '.join(SCOPES)}")
    return Key(found["name"], scopes, bytes.fromhex(found["digest"]))


def make(name: str, scopes: Iterable[str]) -> tuple[str, str]:
    """A new key and the line to store, which `parse` is sure to read. Raises ParamsError."""
    secret = PREFIX + secrets.token_urlsafe(32)
    line = f"{name}:{','.join(dict.fromkeys(scopes))}:{sha256(secret.encode()).hexdigest()}"
    if LINE.fullmatch(line) is None:
        raise ParamsError("the name of an API key is 1 to 64 letters, digits, dots, dashes or underscores; it has a scope")
    parse(line)
    return secret, line


def names(keys: Sequence[Key]) -> str:
    """Who holds keys, for the log."""
    return ", ".join(sorted({key.name for key in keys}))
