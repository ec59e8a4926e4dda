"""The yardstick: a FastAPI endpoint that validates a customer with pydantic and returns a constant.

`python -m bench.empty BUNDLE PORT` takes the fields from the contract of a bundle.
"""

import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, create_model

from churn.contract import Contract

KINDS: dict[str, Any] = {"number": float, "boolean": bool, "category": str}


class Answer(BaseModel):
    """What the real answer holds."""

    prediction_id: str
    probability: float
    contact: bool
    threshold: float
    model_version: str
    data_hash: str
    unseen_categories: int


CONSTANT = Answer(
    prediction_id="00000000-0000-4000-8000-000000000000",
    probability=0.123456789,
    contact=False,
    threshold=0.25,
    model_version="1",
    data_hash="0" * 36,
    unseen_categories=0,
)


def create_app(contract: Contract) -> FastAPI:
    """The app, whose one route accepts a customer row of the contract."""
    fields: dict[str, Any] = {
        column.name: (KINDS[column.kind] | None if column.nullable else KINDS[column.kind], ...) for column in contract.columns
    }
    labels: dict[str, Any] = {name: (str | None, None) for name in (contract.id, contract.snapshot) if name}
    customer: Any = create_model("Customer", __config__=ConfigDict(extra="forbid"), **fields, **labels)
    app = FastAPI()

    @app.post("/predict")
    async def predict(body: customer) -> Answer:  # noqa: ARG001 - FastAPI validates it
        return CONSTANT

    @app.get("/ready")
    async def ready() -> str:
        return "ready"

    return app


if __name__ == "__main__":
    made = create_app(Contract.read(Path(sys.argv[1]) / "contract.json"))
    uvicorn.run(made, port=int(sys.argv[2]), access_log=False, log_level="warning")
