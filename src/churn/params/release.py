"""When and how a candidate becomes champion."""

from typing import Literal

from pydantic import Field

from churn.params.section import Section, Share


class Gate(Section):
    """When a candidate may replace the champion."""

    min_rows: int = Field(ge=1, description="fewest reference rows that can decide")
    resamples: int = Field(ge=100, description="draws of customers behind each paired interval")
    level: Share = Field(description="coverage of these intervals")
    auc_margin: float = Field(ge=0, description="AUC the candidate may lose at the lower end of the interval")
    log_loss_margin: float = Field(ge=0, description="log loss it may add at the upper end")
    equal: Literal["keep", "newer"] = Field(
        description="newer: one that is as good replaces the champion if its data are newer"
    )
    calibration_limit: float = Field(gt=0, description="largest calibration error that is accepted")
    segment_rows: int = Field(ge=2, description="fewest rows of a segment that is looked at")
    segment_margin: float = Field(ge=0, description="log loss that it may be shown to add in a segment")
    opportunity_gap: float = Field(ge=0, description="how much more or less of a protected group's churners it may reach")
    group_calibration: float = Field(ge=0, description="how much farther off its rates may be in a protected group")
    rule_margin: float = Field(ge=0, description="share of what can be earned that a model must be able to add to a rule")
    oldest_days: float | None = Field(gt=0, description="age of the newest data; null: any")
    export_error: float = Field(gt=0, description="largest difference between exported and trained model")
    milliseconds: float = Field(gt=0, description="CPU time of one answer")
    megabytes: float = Field(gt=0, description="size of the bundle")


class Deployment(Section):
    """Which steps a candidate takes on its way to champion."""

    gate: bool = Field(description="whether it must pass the gate")
    evidence: bool = Field(description="whether its evidence is gathered in a folder")
    approval: Literal["none", "human"] = Field(description="human: a person must approve")
    approval_hours: float = Field(gt=0, description="hours after which an approval that nobody gave is a no")
    shadow: bool = Field(description="whether it first scores beside the champion, unseen")
    canary: bool = Field(description="whether it then answers a share of the customers")
    verification: bool = Field(description="whether the running server must answer with it")
    budget: bool = Field(description="whether its errors are then watched for a while, and too many undo the promotion")
