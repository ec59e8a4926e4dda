"""Status: what is served, whether the process is alive and ready, and its counters."""

import math
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from churn.errors import NoAnswer, ServerEnding
from serving.answers import NO_MODEL, STUCK, CanaryCard, Feature, Health, Lineage, LoadFailure, ModelCard, Readiness
from serving.parts import Parts, PartsDep

router = APIRouter(tags=["status"])


@router.get("/model", responses=NO_MODEL)
async def model(parts: PartsDep) -> ModelCard:
    """The live model: version, lineage, figures, features, and why a newer champion is not live, if so."""
    live, failure, tried = parts.slot.current(), parts.slot.failure, parts.slot.challenger
    bundle = live.bundle
    return ModelCard(
        version=live.version,
        fingerprint=bundle.fingerprint,
        lineage=Lineage(**bundle.manifest.lineage.model_dump()),
        metrics=finite(bundle.metrics),
        threshold=bundle.decision.threshold,
        features=[Feature(name=c.name, kind=c.kind, nullable=c.nullable) for c in bundle.contract.columns],
        loaded_at=live.loaded_at,
        last_failure=LoadFailure(version=failure.version, reason=failure.reason, time=failure.time) if failure else None,
        challenger=CanaryCard(version=tried.live.version, share=tried.plan.share, answered=tried.answered, failed=tried.failed)
        if tried
        else None,
    )


@router.get("/health", responses=STUCK)
async def health(parts: PartsDep) -> Health:
    """The process answers; says nothing about the model, unless its calls hang so often that only a restart helps."""
    require_able(parts)
    return Health(status="alive")


@router.get("/ready", responses=NO_MODEL)
async def ready(parts: PartsDep) -> Readiness:
    """A model is live and predictions can be asked for; not so once the server has been told to end."""
    require_able(parts)
    if parts.leaving.begun:
        raise ServerEnding("the server answers what it still gets and then ends; send requests to another")
    return Readiness(status="ready", model_version=parts.slot.current().version)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(parts: PartsDep) -> Response:
    """Counters in the Prometheus text format."""
    parts.notes.flush()
    return Response(parts.telemetry.exposed(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def require_able(parts: Parts) -> None:
    """Raise NoAnswer if the process can only be started again."""
    if parts.stuck:
        raise NoAnswer("calls of the model or the store hang, and none can be made any more; restart the server")


def finite(value: Any) -> Any:
    """A JSON value with null for each number that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
