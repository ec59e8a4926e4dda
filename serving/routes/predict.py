"""Predictions: one customer, or many at once."""

from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from churn.store import Prediction
from serving.answers import REFUSALS, Answer, BatchAnswer, body_of
from serving.parse import read_json
from serving.parts import PartsDep
from serving.scoring import Scores, record, score
from serving.slot import Live

router = APIRouter(tags=["predictions"])


@router.post("/predict", response_model=Answer, responses=REFUSALS, openapi_extra=body_of("Customer"))
async def predict(request: Request, parts: PartsDep) -> Response:
    """How likely one customer is to leave, and whether a contact pays. The answer is on record before it is given."""
    body = await read_json(request)
    live = parts.slot.current()
    scores = score(live, [live.form.one(body)])  # takes less time than handing it to a thread
    await record(parts, scores)
    return JSONResponse(_item(scores.made[0]) | _origin(live, scores))


@router.post("/predict/batch", response_model=BatchAnswer, responses=REFUSALS, openapi_extra=body_of("Customers"))
async def predict_batch(request: Request, parts: PartsDep) -> Response:
    """The same for 1 to 10,000 customers, in their order: all are answered or none."""
    body = await read_json(request)
    live = parts.slot.current()
    scores = await to_thread.run_sync(_score_many, live, body, limiter=parts.bulk)
    await record(parts, scores)
    return await to_thread.run_sync(_answer_many, live, scores, limiter=parts.bulk)


def _score_many(live: Live, body: bytes) -> Scores:
    return score(live, live.form.many(body))


def _answer_many(live: Live, scores: Scores) -> Response:
    return JSONResponse({"predictions": [_item(made) for made in scores.made]} | _origin(live, scores))


def _item(made: Prediction) -> dict[str, Any]:
    return {"prediction_id": made.id, "probability": made.probability, "contact": made.contact}


def _origin(live: Live, scores: Scores) -> dict[str, Any]:
    """What the answers of one request have in common."""
    return {
        "threshold": live.bundle.decision.threshold,
        "model_version": live.version,
        "data_hash": live.bundle.manifest.lineage.data,
        "unseen_categories": scores.unseen,
    }
