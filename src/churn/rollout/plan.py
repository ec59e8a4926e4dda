"""How a challenger is tried out: what a deployment asks of the server."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from churn.errors import ParamsError
from churn.params import ErrorRule


class Plan(BaseModel):
    """In the shadow of the champion, or as a canary that answers a share of the customers.

    share: of the predictions that are scored again, or of the customers. slow_seconds: an answer that takes longer counts
    as failed. most_per_second: rows that are scored in the shadow; more are left out and counted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["shadow", "canary"]
    share: float = Field(gt=0, le=1)
    slow_seconds: float = Field(gt=0)
    errors: ErrorRule
    most_per_second: int = Field(500, ge=1)

    @classmethod
    def read(cls, text: str) -> Self:
        """The inverse of `model_dump_json`. Raises ParamsError."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            wrong = error.errors()[0]
            where = ".".join(map(str, wrong["loc"])) or "text"
            raise ParamsError(
                f"the tag churn.rollout is no plan ({where}: {wrong['msg']}); deploy the version again"
            ) from error
