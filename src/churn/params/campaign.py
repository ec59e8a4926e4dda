"""Who is on a contact list."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from churn.params.section import Section


class Campaign(Section):
    """Who is on a contact list."""

    value: str | None = Field(None, description="column with what each customer is worth; null: problem.saved_value")
    segment: str | None = Field(None, description="column by which the list is capped")
    most: dict[str, Annotated[int, Field(ge=0)]] = Field({}, description="segment: customers of it on the list")

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """A cap needs a segment."""
        if self.most and not self.segment:
            raise ValueError("most needs segment, the column whose values it caps")
        return self
