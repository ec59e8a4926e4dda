"""The shapes of answers and of the outcomes body, as the API page shows them."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

from churn.params import Kind
from serving.problems import MEDIA_TYPE, Problem


def _refusal(status: int, when: str) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {status: {"description": when, "content": {MEDIA_TYPE: {"schema": schema}}}}


NO_MODEL = _refusal(503, "No model is live, or model or store do not answer; nothing was done")
STUCK = _refusal(503, "Calls of the model or the store hang; the server must be restarted")
REFUSALS = (
    _refusal(400, "The body is not JSON")
    | _refusal(413, "The body is too large")
    | _refusal(415, "The body is not declared as JSON")
    | _refusal(422, "Fields do not match the contract; each is named")
    | _refusal(429, "As many requests wait as can be answered soon; nothing was done, ask again after Retry-After seconds")
    | NO_MODEL
)
UNKNOWN = _refusal(404, "An outcome names a prediction that was never made; nothing was written")


def body_of(schema: str) -> dict[str, Any]:
    """The OpenAPI entry of a route that reads its body itself."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"requestBody": {"required": True, "content": content}}


class Reason(BaseModel):
    """One feature's part in a score: its exact Shapley value in log-odds; above 0 it raises the risk."""

    feature: str
    value: str | float | bool | None
    contribution: float
    sentence: str


class Prediction(BaseModel):
    """`probability` is calibrated; `contact` tells whether it exceeds the threshold, and is false for the control group."""

    prediction_id: str = Field(description="UUID; name it when the outcome is known", json_schema_extra={"format": "uuid"})
    probability: float = Field(ge=0, le=1)
    contact: bool
    control: bool | None = Field(
        None, description="true: of the control group, so never recommended for contact; absent for everybody else"
    )
    reasons: list[Reason] | None = Field(None, description="the strongest first; only where `explain` asks for them")


class BatchItem(Prediction):
    """A prediction of a batch."""

    model_version: str | None = Field(None, description="the version that made it, where that is another than the answer names")


class Unrecorded(BaseModel):
    """What says that an answer is not on record."""

    recorded: bool | None = Field(
        None, description="false: the answer could not be recorded, so it has no outcome either; absent where it is on record"
    )


class Answer(Prediction, Unrecorded):
    """A prediction with the model that made it."""

    threshold: float = Field(description="probability above which a contact is expected to pay")
    model_version: str
    data_hash: str = Field(description="hash of the data the model was trained on")
    unseen_categories: int = Field(description="cells with a category that training never saw")


class BatchAnswer(Unrecorded):
    """Predictions in the order of the customers, by one model unless a prediction names another."""

    predictions: list[BatchItem]
    threshold: float
    model_version: str
    data_hash: str
    unseen_categories: int


def _utc(value: object) -> datetime:
    try:
        time = datetime.fromisoformat(value if isinstance(value, str) else "")
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("iso_time", "must be an ISO 8601 date and time, as in 2026-02-01T10:00:00Z") from None


class OutcomeReport(BaseModel):
    """What became of a predicted customer. `observed_at` is now unless given; without an offset it is UTC."""

    model_config = ConfigDict(extra="forbid")

    prediction_id: StrictStr = Field(pattern="^[!-~]{1,100}$")
    churned: StrictBool
    observed_at: Annotated[datetime, BeforeValidator(_utc)] | None = None


class Outcomes(BaseModel):
    """1 to 10,000 outcomes; all are recorded or none."""

    outcomes: list[OutcomeReport] = Field(min_length=1, max_length=10_000)


class OutcomesAnswer(BaseModel):
    """`recorded` counts those that said something new."""

    received: int
    recorded: int


class Lineage(BaseModel):
    """What the model was made of."""

    data: str
    params: str
    commit: str


class Feature(BaseModel):
    """One column of a customer row."""

    name: str
    kind: Kind
    nullable: bool


class LoadFailure(BaseModel):
    """A newer champion that could not be loaded."""

    version: str
    reason: str
    time: datetime


class CanaryCard(BaseModel):
    """A version that answers a share of the customers, and how its calls have gone in this process."""

    version: str
    share: float
    answered: int
    failed: int


class ModelCard(BaseModel):
    """The live model."""

    version: str
    fingerprint: str
    lineage: Lineage
    metrics: dict[str, Any]
    threshold: float
    features: list[Feature]
    loaded_at: datetime
    last_failure: LoadFailure | None
    challenger: CanaryCard | None


class Health(BaseModel):
    """The process answers."""

    status: str


class Readiness(Health):
    """A model is live."""

    model_version: str
