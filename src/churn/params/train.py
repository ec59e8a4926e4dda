"""How learners compete and are tuned."""

from pydantic import Field

from churn.params.learners import Boosting, ExtraTrees, FewColumns, Learner, Logistic, Rule
from churn.params.section import Section


class Tune(Section):
    """How long to look for better knobs, each learner for itself."""

    trials: int = Field(ge=0, description="tries for each learner, the first with the knobs as written; 0: no tuning")
    seconds: float | None = Field(None, gt=0, description="begin no further try after so long; results then depend on speed")
    splits: int = Field(ge=1, description="of the folds, those by which a try is judged")
    rows: int = Field(ge=200, description="at most so many rows, of customers drawn by lot")
    most_rounds: int = Field(ge=1, description="of boosting")
    patience: int = Field(ge=1, description="rounds of boosting without gain before it stops")
    trees: int = Field(ge=1, description="extremely randomised trees in a try")


class Train(Section):
    """Which learners compete and how."""

    learners: tuple[Learner, ...] = Field(min_length=1)
    folds: int = Field(ge=2)
    seed: int
    member_worth: float = Field(ge=0, description="share of the log loss of the base rate that a further member must save")
    interactions: int = Field(ge=0, description="most pairs of columns that learners are shown together; 0: none")
    tune: Tune
    logistic: Logistic
    boosting: Boosting
    encoded_boosting: Boosting
    deep_boosting: Boosting
    extra_trees: ExtraTrees
    lightgbm: Boosting
    rule: Rule
    few_columns: FewColumns

    @property
    def boostings(self) -> dict[Learner, Boosting]:
        """The three kinds of boosting by name."""
        return {"boosting": self.boosting, "encoded_boosting": self.encoded_boosting, "deep_boosting": self.deep_boosting}
