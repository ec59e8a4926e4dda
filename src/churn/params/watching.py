"""When a live model is called broken, drifted or decayed, and when it is trained anew."""

from pydantic import Field

from churn.params.section import Section, Share


class Monitoring(Section):
    """When a window counts as broken, drifted or decayed."""

    min_rows: int = Field(ge=2, description="fewer rows than this answer 'insufficient' and wait for more")
    sample_rows: int = Field(ge=100, description="rows drawn from a window for the report")
    kept_reports: int = Field(ge=1, description="newest Evidently reports that are kept; older ones are deleted")
    bins: int = Field(ge=2, description="quantiles of the reference by which a number is counted")
    segments: int = Field(ge=0, description="largest levels of categories that are followed on their own")
    season: bool = Field(description="whether the same month of last year is a second reference")
    false_discovery_rate: Share = Field(description="Benjamini-Hochberg q over all tests of a window")
    windows: int = Field(ge=1, description="windows in a row that must agree; they are also tested as one")
    agreement: Share = Field(description="looser false discovery rate at which each of them alone must show the drift")
    missing_jump: Share = Field(description="change of a share of missing values that no customer makes")
    unit_factor: float = Field(gt=1, description="factor on a number that is a change of its unit")
    lost_level: Share = Field(description="usual share of a level whose rows cannot all be gone by chance")
    repeated_rows: Share = Field(description="share of repeated rows, above the usual one, that is a feed delivered twice")
    fewest_rows: Share = Field(description="share of the usual rows below which an ended window lacks some")
    min_outcomes: int = Field(ge=2, description="matured outcomes needed to judge the model; fewer are joined")
    false_decay: Share = Field(description="chance that a model which keeps its promise is ever called decayed")
    auc_margin: float = Field(ge=0, description="AUC may fall this far below the promised one")
    calibration_margin: float = Field(
        ge=0, description="how far the predicted rate of leaving of a calibrated model is off as a rule"
    )
    profit_margin: float = Field(ge=0, description="and the profit fall by this share")


class Retraining(Section):
    """When a model is trained anew, and what it learns from."""

    drifted: bool = Field(description="whether drift that moves the score starts a retraining")
    decayed: bool = Field(description="whether decay starts one")
    outcomes: int | None = Field(ge=1, description="new matured outcomes that start one; null: none do")
    growth: float | None = Field(gt=0, description="new matured outcomes that start one, for each row learned from; null: off")
    days: int | None = Field(ge=1, description="days since the last training that start one; null: none do")
    cooldown_days: float = Field(ge=0, description="days after a retraining in which no other starts")
    a_month: int = Field(ge=1, description="most retrainings in 30 days")
    min_labels: int = Field(ge=0, description="new matured outcomes without which none starts")
    backoff_days: float = Field(ge=0, description="days to wait after a challenger lost, twice as many after each further loss")
    longest_hours: float = Field(
        gt=0, description="hours after which a retraining that never ended no longer holds others back"
    )
    known_share: Share = Field(description="a snapshot is learned from once this share of its outcomes is known")
    commit: bool = Field(description="record the new data pin and dvc.lock in git")
