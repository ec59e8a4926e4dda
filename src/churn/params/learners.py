"""The knobs of each learner."""

from typing import Literal

from pydantic import Field

from churn.params.section import Section, Share

Learner = Literal["logistic", "boosting", "encoded_boosting", "deep_boosting", "extra_trees", "lightgbm", "rule", "few_columns"]


class Logistic(Section):
    """Logistic regression on numbers with a step, and a change of slope, at each of some quantiles."""

    bins: int = Field(ge=2, description="quantile steps for each number")
    knots: int = Field(ge=0, description="quantiles at which each number may change its slope (linear splines)")
    c: float = Field(gt=0, description="inverse strength of the L2 penalty")


class Boosting(Section):
    """Histogram gradient boosting of trees."""

    learning_rate: float = Field(gt=0, le=1)
    rounds: int = Field(ge=1, description="trees; tuning finds how many")
    leaves: int = Field(ge=2)
    min_leaf_rows: int = Field(ge=1)
    l2: float = Field(ge=0)
    columns: float = Field(gt=0, le=1, description="share of the columns that each split looks at")


class ExtraTrees(Section):
    """Extremely randomised trees."""

    trees: int = Field(ge=1)
    rows: int = Field(ge=200, description="rows that each tree learns from, drawn by lot where there are more")
    leaves: int = Field(ge=2, description="most leaves of a tree")
    min_leaf_rows: int = Field(ge=1)
    columns: float = Field(gt=0, le=1, description="share of the columns that each split looks at")


class Rule(Section):
    """One line: at most two conditions that a customer must meet."""

    conditions: int = Field(ge=1, le=2)
    edges: int = Field(ge=1, description="quantiles of each number that are tried")
    break_even: Share | None = Field(None, description="the rule earns most at this probability; null: at the base rate")


class FewColumns(Section):
    """Logistic regression on the few columns that say most."""

    columns: int = Field(ge=1)
    bins: int = Field(ge=2, description="quantile steps for each number")
    c: float = Field(gt=0, description="inverse strength of the L2 penalty")
