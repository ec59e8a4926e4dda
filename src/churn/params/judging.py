"""How a problem and a model are judged, and what is kept of that."""

from typing import Annotated

from pydantic import Field

from churn.params.section import Section, Share


class Discovery(Section):
    """How the ladder is climbed and judged."""

    repeats: int = Field(ge=1, description="times that the customers are cut into folds anew")
    rows: int = Field(ge=200, description="at most so many rows, of customers drawn by lot")
    worthwhile: Share = Field(description="share of what knowing the future would add that is worth a project")
    summary_rows: int = Field(0, ge=0, description="rows drawn for Evidently's page about the columns; 0: no such page")


class Evaluate(Section):
    """How figures get their intervals."""

    bootstrap: int = Field(ge=20, description="resamples behind each interval")
    level: Share = Field(description="coverage of the intervals")
    slice_rows: int = Field(ge=1, description="smallest slice that gets figures of its own")
    sample_rows: int = Field(ge=50, description="test rows by which importance and dependence are measured")
    learning_curve: tuple[Annotated[float, Field(gt=0, le=0.8)], ...] = Field(
        (), description="shares of the train rows that the chosen learners are fitted on again; none: no learning curve"
    )
    out_of_time: bool = Field(False, description="whether they are also fitted on what was known at the newest snapshot")


class Pack(Section):
    """What the bundle carries besides the model."""

    reference_rows: int = Field(ge=50, description="test rows kept in the bundle as the reference")
