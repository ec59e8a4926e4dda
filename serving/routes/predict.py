"""Predictions: one customer, or many at once."""

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from serving.answers import REFUSALS, Answer, BatchAnswer, body_of
from serving.parse import read_json
from serving.parts import Parts, PartsDep
from serving.scoring import score
from serving.slot import Live

router = APIRouter(tags=["predictions"])


@router.post("/predict", response_model=Answer, responses=REFUSALS, openapi_extra=body_of("Customer"))
async def predict(request: Request, parts: PartsDep) -> Response:
    """How likely one customer is to leave, and whether a contact pays. The answer is on record before it is given."""
    body = await read_json(request)
    return await to_thread.run_sync(_one, parts, parts.slot.current(), body)


@router.post("/predict/batch", response_model=BatchAnswer, responses=REFUSALS, openapi_extra=body_of("Customers"))
async def predict_batch(request: Request, parts: PartsDep) -> Response:
    """The same for 1 to 10,000 customers, in their order: all are answered or none."""
    body = await read_json(request)
    return await to_thread.run_sync(_many, parts, parts.slot.current(), body, limiter=parts.bulk)


def _one(parts: Parts, live: Live, body: bytes) -> Response:
    scores = score(parts, live, [live.form.one(body)])
    (made,) = scores.made
    answer = {
        "prediction_id": made.id,
        "probability": made.probability,
        "contact": made.contact,
        "threshold": live.bundle.decision.threshold,
        "model_version": made.model_version,
        "data_hash": made.data_hash,
        "unseen_categories": scores.unseen,
    }
    return JSONResponse(answer)


def _many(parts: Parts, live: Live, body: bytes) -> Response:
    scores = score(parts, live, live.form.many(body))
    items = [{"prediction_id": made.id, "probability": made.probability, "contact": made.contact} for made in scores.made]
    answer = {
        "predictions": items,
        "threshold": live.bundle.decision.threshold,
        "model_version": live.version,
        "data_hash": live.bundle.manifest.lineage.data,
        "unseen_categories": scores.unseen,
    }
    return JSONResponse(answer)
