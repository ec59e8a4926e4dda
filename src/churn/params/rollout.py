"""The part of params.yaml about a candidate that is tried out on real requests."""

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


class Shadow(Section):
    """The candidate scores again what the champion has answered; nobody sees it."""

    share: float = Field(gt=0, le=1, description="share of the predictions that are scored again")
    most_per_second: int = Field(ge=1, description="rows scored in a second; more are left out and counted")
    requests: int = Field(ge=1, description="rows that are compared before the verdict")
    minutes: float = Field(gt=0, description="the longest wait for them")
    errors: Share = Field(description="largest share of rows that it may fail on")
    slow_ms: float = Field(gt=0, description="99 of 100 rows must be scored within")
    agreement: Share = Field(description="share of customers about whom both must recommend the same")
    drift: float = Field(gt=0, description="largest population stability index between the scores")
    loss_margin: float = Field(ge=0, description="Brier score that it may lose for certain where outcomes are known")


class Canary(Section):
    """The candidate answers a share of the customers."""

    share: Share = Field(description="share of the customers, by hash")
    requests: int = Field(ge=1, description="answers before it can be promoted")
    minutes: float = Field(gt=0, description="without a verdict by then it is withdrawn")
    slow_ms: float = Field(gt=0, description="a call that takes longer has failed, and the champion answers")
    errors: ErrorRule
    late_ms: float = Field(gt=0, description="an answer that takes longer is late")
    late: ErrorRule
    shift: Share = Field(description="largest difference between the mean scores of both")
    loss_margin: float = Field(ge=0, description="Brier score that it may lose where outcomes are known")
    uncertainty: Share = Field(description="chance that a confidence sequence ever misses the truth")


class Budget(Section):
    """When a new champion is undone because requests fail."""

    seconds: float = Field(gt=0, description="how long a new champion is watched")
    errors: ErrorRule


class Rollout(Section):
    """How a candidate meets real requests."""

    shadow: Shadow
    canary: Canary
    budget: Budget
