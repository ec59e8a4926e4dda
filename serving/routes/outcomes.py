"""Outcomes: what became of predicted customers."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from churn.store import Outcome
from churn.store.tables import now
from serving.answers import REFUSALS, UNKNOWN, OutcomeReport, OutcomesAnswer, body_of
from serving.parse import parse_many, read_json
from serving.parts import Parts, PartsDep

router = APIRouter(tags=["outcomes"])


@router.post("/outcomes", response_model=OutcomesAnswer, responses=REFUSALS | UNKNOWN, openapi_extra=body_of("Outcomes"))
async def outcomes(request: Request, parts: PartsDep) -> Response:
    """Report outcomes, all or none. Reporting one again changes nothing; a changed mind is recorded beside the old one."""
    body = await read_json(request)
    with parts.batches:
        return await parts.bulk.run(_record, parts, body)


def _record(parts: Parts, body: bytes) -> Response:
    time = now()
    reports = parse_many("outcomes", OutcomeReport, body)
    recorded = parts.store.add_outcomes([Outcome(r.prediction_id, r.churned, r.observed_at or time) for r in reports])
    parts.telemetry.outcomes.inc(recorded)
    return JSONResponse({"received": len(reports), "recorded": recorded})
