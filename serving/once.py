"""Idempotency-Key: whoever asks again with the same key gets the first answer again, and no second prediction is made.

As in the IETF draft "The Idempotency-Key HTTP Header Field": the key is a quoted string (bare text is taken too) and
belongs to the holder of the API key; used for another request it is refused with 422. A request whose twin is still
being answered waits for it. Only answers with predictions are kept, for at least a day; what was refused may be sent
again under the same key.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from starlette.types import Scope

from churn.errors import FieldError, KeyReused, RequestRefused
from churn.store import KeptAnswer
from serving.crew import Crew
from serving.journal import Journal
from serving.keys.guard import HOLDER
from serving.ledger import Ledger
from serving.scoring import Scores

FIELD = "Idempotency-Key"
HEADER = FIELD.lower().encode()
LONGEST = 255
BARE = re.compile(rb"[\x21\x23-\x7e]{1,%d}" % LONGEST)
QUOTED = re.compile(rb'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,%d})"' % LONGEST)
PARAMETER: dict[str, Any] = {
    "name": FIELD,
    "in": "header",
    "required": False,
    "description": "asked again with the same key and the same body, the first answer is given again, whatever the model is by "
    "then; kept for at least 24 hours; another body under the same key is refused with 422",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}

Make = Callable[[], tuple[Scores, bytes]]


class Claim(NamedTuple):
    """A request that came with a key: `name` is whose key it is and the key, `digest` tells requests apart."""

    name: str
    digest: str


def key_of(scope: Scope) -> str:
    """The key of a request, empty if it has none. Raises RequestRefused if it is malformed."""
    sent = [value for name, value in scope["headers"] if name == HEADER]
    if not sent:
        return ""
    if len(sent) > 1:
        raise _malformed()
    quoted = QUOTED.fullmatch(sent[0])
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1].decode())
    if not BARE.fullmatch(sent[0]):
        raise _malformed()
    return str(sent[0].decode())


def claim_of(scope: Scope, key: str, body: bytes) -> Claim:
    """What a key claims: the same path, parameters and body are the same request."""
    parts = (scope["path"].encode(), scope["query_string"], body)
    return Claim(f"{scope.get(HOLDER, '')}:{key}", sha256(b"\0".join(parts)).hexdigest())


class Once:
    """Answers each claim once."""

    def __init__(self, store: Ledger, journal: Journal, crew: Crew) -> None:
        self._store, self._journal, self._crew = store, journal, crew
        self._turns: dict[str, asyncio.Event] = {}

    @property
    def stuck(self) -> bool:
        """Whether so many calls hung that nothing is asked any more."""
        return self._crew.stuck

    async def answer(self, claim: Claim, make: Make) -> tuple[bytes, Scores | None]:
        """The answer to a claim, with its scores if it was made now by `make` (called in a thread).

        Raises KeyReused if the key was used for another request, and whatever `make`, store and journal raise.
        """
        async with self._turn(claim.name):
            while True:
                kept, scores = await self._crew.run(self._find_or_make, claim, make)
                if scores is None or await self._journal.keep(kept):
                    return _confirmed(claim, kept), scores

    def _find_or_make(self, claim: Claim, make: Make) -> tuple[KeptAnswer, Scores | None]:
        kept = self._store.kept(claim.name)
        if kept:
            return kept, None
        scores, content = make()
        return KeptAnswer(claim.name, claim.digest, content, scores.made[0].time, scores.made), scores

    @asynccontextmanager
    async def _turn(self, name: str) -> AsyncIterator[None]:
        """Let one request of a name be answered at a time. Other processes are kept apart by the store."""
        while name in self._turns:
            await self._turns[name].wait()
        ended = self._turns[name] = asyncio.Event()
        try:
            yield
        finally:
            del self._turns[name]
            ended.set()


def _confirmed(claim: Claim, kept: KeptAnswer) -> bytes:
    if kept.digest != claim.digest:
        raise KeyReused("this key was used for another request; use a new key for each", [FieldError(FIELD, "was used before")])
    return kept.answer


def _malformed() -> RequestRefused:
    reason = f"must be one text of 1 to {LONGEST} visible ASCII characters"
    return RequestRefused(f"{FIELD} {reason}; nothing was done", [FieldError(FIELD, reason)], 400)
