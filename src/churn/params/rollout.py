"""The part of params.yaml about how a candidate becomes champion on real requests."""

from typing import Self

from pydantic import Field, model_validator

from churn.params.section import Section, Share


class ErrorRule(Section):
    """Wald's sequential test of a share of failures."""

    good: Share = Field(description="share that is still in order")
    bad: Share = Field(description="share that must be found")
    false_alarm: Share = Field(description="chance to refuse one that is in order")
    missed: Share = Field(description="chance to accept one that must be found")

    @model_validator(mode="after")
    def apart(self) -> Self:
        """The two shares must differ, or nothing tells them apart."""
        if not self.good < self.bad:
            raise ValueError("good must be below bad")
        return self
