"""Predictions: one customer, or many at once."""

from functools import partial
from time import perf_counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from churn.errors import FieldError, RequestRefused
from serving import wording
from serving.answers import REFUSALS, Answer, BatchAnswer, body_of
from serving.once import PARAMETER, Claim, Make, claim_of, key_of
from serving.parse import read_json
from serving.parts import Parts
from serving.routes.direct import DirectRoute
from serving.row import Row
from serving.scoring import Scores, score
from serving.slot import Live, ModelSlot
from serving.traces import span

router = APIRouter(tags=["predictions"], route_class=DirectRoute)

JSON = "application/json"
MOST_REASONS = 50
MOST_EXPLAINED = 1000
OPTIONS: dict[str, Any] = {
    "parameters": [
        {
            "name": "explain",
            "in": "query",
            "required": False,
            "description": f"how many of the strongest reasons to give for each of up to {MOST_EXPLAINED:,} customers",
            "schema": {"type": "integer", "minimum": 0, "maximum": MOST_REASONS, "default": 0},
        },
        PARAMETER,
    ]
}


@router.post("/predict", response_model=Answer, responses=REFUSALS, openapi_extra=body_of("Customer") | OPTIONS)
async def predict(request: Request) -> Response:
    """How likely one customer is to leave, and whether a contact pays. The answer is on record before it is given."""
    parts: Parts = request.app.state.parts
    key, most, arrived = key_of(request.scope), _explain(request), perf_counter()
    body = await read_json(request)
    if not key:
        return Response(await answer_one(parts, body, most), media_type=JSON)
    with parts.singles:
        return await _once(parts, claim_of(request.scope, key, body), partial(_make_one, parts, body, most, arrived))


async def answer_one(parts: Parts, body: bytes, most: int = 0) -> bytes:
    """Read one customer, score it with all that wait, and word the answer, with `most` reasons, once it is on record."""
    live = parts.slot.current()
    with parts.singles:
        with span("decode"):
            row = parts.table.read(live.form, body)
        challenger = parts.slot.challenger
        tried = await parts.canary.score(challenger, row, live.bundle.contract.features) if challenger else None
        if challenger and tried:
            live, scores = challenger.live, await parts.journal.log(tried)
        else:
            scores = await parts.journal.answer(live, [row])
    _count(parts, scores)
    return wording.one(live, row, scores, most)


@router.post("/predict/batch", response_model=BatchAnswer, responses=REFUSALS, openapi_extra=body_of("Customers") | OPTIONS)
async def predict_batch(request: Request) -> Response:
    """The same for 1 to 10,000 customers, in their order: all are answered or none."""
    parts: Parts = request.app.state.parts
    key, most, arrived = key_of(request.scope), _explain(request), perf_counter()
    body = await read_json(request)
    with parts.batches:
        if key:
            make = partial(_make_many, parts.slot, body, most, arrived)
            return await _once(parts, claim_of(request.scope, key, body), make)
        live = parts.slot.current()
        rows, scores = await parts.bulk.run(_score_many, live, body, most, arrived)
        challenger = parts.slot.challenger
        if challenger and not most:  # reasons are those of one model
            scores = await parts.canary.mix(challenger, rows, live.bundle.contract.features, scores)
        scores = await parts.journal.log(scores)
        _count(parts, scores)
        return Response(await parts.bulk.run(wording.many, live, rows, scores, most), media_type=JSON)


async def _once(parts: Parts, claim: Claim, make: Make) -> Response:
    content, scores = await parts.once.answer(claim, make)
    if scores:
        _count(parts, scores)
    return Response(content, media_type=JSON)


def _make_one(parts: Parts, body: bytes, most: int, arrived: float) -> tuple[Scores, bytes]:
    live = parts.slot.current()
    row = parts.table.read(live.form, body)
    scores = score(live, [row], arrived)
    return scores, wording.one(live, row, scores, most)


def _make_many(slot: ModelSlot, body: bytes, most: int, arrived: float) -> tuple[Scores, bytes]:
    live = slot.current()
    rows, scores = _score_many(live, body, most, arrived)
    return scores, wording.many(live, rows, scores, most)


def _count(parts: Parts, scores: Scores) -> None:
    if scores.recorded:
        parts.telemetry.scored(len(scores.made), scores.unseen)
    else:
        parts.telemetry.unrecorded.inc(len(scores.made))


def _explain(request: Request) -> int:
    """How many reasons are asked for. Raises RequestRefused."""
    asked = request.query_params.get("explain", "0")
    if not (asked.isdecimal() and len(asked) <= len(str(MOST_REASONS)) and int(asked) <= MOST_REASONS):
        raise RequestRefused(
            f"explain must be a number up to {MOST_REASONS}", [FieldError("explain", f"must be 0 to {MOST_REASONS}")]
        )
    return int(asked)


def _score_many(live: Live, body: bytes, most: int, arrived: float) -> tuple[list[Row], Scores]:
    with span("decode"):
        rows = live.form.many(body)
    if most and len(rows) > MOST_EXPLAINED:
        reason = f"must hold at most {MOST_EXPLAINED:,} rows where reasons are asked for, not {len(rows):,}"
        raise RequestRefused(f"customers {reason}; nothing was done", [FieldError("customers", reason)])
    with span("score"):
        return rows, score(live, rows, arrived)
