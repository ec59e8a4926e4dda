"""Predictions: one customer, or many at once."""

from dataclasses import asdict
from time import perf_counter
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from churn.errors import FieldError, RequestRefused
from churn.store import Prediction
from serving.answers import REFUSALS, Answer, BatchAnswer, body_of
from serving.parse import read_json
from serving.parts import Parts
from serving.routes.direct import DirectRoute
from serving.scoring import Scores, score
from serving.slot import Live
from serving.traces import span

router = APIRouter(tags=["predictions"], route_class=DirectRoute)

JSON = "application/json"
MOST_REASONS = 50
EXPLAIN: dict[str, Any] = {
    "parameters": [
        {
            "name": "explain",
            "in": "query",
            "required": False,
            "description": "how many of the strongest reasons to give with the answer",
            "schema": {"type": "integer", "minimum": 0, "maximum": MOST_REASONS, "default": 0},
        }
    ]
}
encode = msgspec.json.Encoder().encode


@router.post("/predict", response_model=Answer, responses=REFUSALS, openapi_extra=body_of("Customer") | EXPLAIN)
async def predict(request: Request) -> Response:
    """How likely one customer is to leave, and whether a contact pays. The answer is on record before it is given."""
    most = _explain(request)
    return Response(await answer_one(request.app.state.parts, await read_json(request), most), media_type=JSON)


async def answer_one(parts: Parts, body: bytes, most: int = 0) -> bytes:
    """Read one customer, score it with all that wait, and word the answer, with `most` reasons, once it is on record."""
    live = parts.slot.current()
    with parts.singles:
        with span("decode"):
            row = live.form.one(body)
        scores = await parts.journal.answer(live, [row])
    parts.telemetry.scored(1, scores.unseen)
    answer = _item(scores.made[0]) | _origin(live, scores)
    if most:
        answer["reasons"] = [asdict(reason) for reason in live.bundle.reasons(row.features, most)]
    return encode(answer)


@router.post("/predict/batch", response_model=BatchAnswer, responses=REFUSALS, openapi_extra=body_of("Customers"))
async def predict_batch(request: Request) -> Response:
    """The same for 1 to 10,000 customers, in their order: all are answered or none."""
    parts: Parts = request.app.state.parts
    arrived = perf_counter()
    body = await read_json(request)
    live = parts.slot.current()
    with parts.batches:
        scores = await parts.bulk.run(_score_many, live, body, arrived)
        await parts.journal.log(scores)
        parts.telemetry.scored(len(scores.made), scores.unseen)
        return await parts.bulk.run(_answer_many, live, scores)


def _explain(request: Request) -> int:
    """How many reasons are asked for. Raises RequestRefused."""
    asked = request.query_params.get("explain", "0")
    if not (asked.isdecimal() and len(asked) <= len(str(MOST_REASONS)) and int(asked) <= MOST_REASONS):
        raise RequestRefused(
            f"explain must be a number up to {MOST_REASONS}", [FieldError("explain", f"must be 0 to {MOST_REASONS}")]
        )
    return int(asked)


def _score_many(live: Live, body: bytes, arrived: float) -> Scores:
    with span("decode"):
        rows = live.form.many(body)
    with span("score"):
        return score(live, rows, arrived)


def _answer_many(live: Live, scores: Scores) -> Response:
    return Response(encode({"predictions": [_item(made) for made in scores.made]} | _origin(live, scores)), media_type=JSON)


def _item(made: Prediction) -> dict[str, Any]:
    return {"prediction_id": made.id, "probability": made.probability, "contact": made.contact}


def _origin(live: Live, scores: Scores) -> dict[str, Any]:
    """What the answers of one request have in common."""
    return {
        "threshold": live.bundle.threshold,
        "model_version": live.version,
        "data_hash": live.bundle.data_hash,
        "unseen_categories": scores.unseen,
    }
