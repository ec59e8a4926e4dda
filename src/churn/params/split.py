"""Which rows a model learns from, and which judge it."""

from pydantic import Field

from churn.params.section import Section, Share


class Split(Section):
    """Which rows judge a model and which rows it may learn from."""

    holdout: Share = Field(description="share of customers, by hash, that no model ever learns from")
    test_snapshots: int = Field(ge=1, description="newest snapshots whose held-out customers are the test rows")
    test_rows: int = Field(ge=1, description="older snapshots are added until there are this many test rows")
    window: int = Field(ge=1, description="newest snapshots to learn from, at most")
    shortest: int = Field(ge=1, description="and at least; the newest outcomes choose how many between the two")
    train_rows: int = Field(ge=1, description="older snapshots are added until there are this many train rows")
    gap_days: int = Field(
        0, ge=0, description="train snapshots are at least so many days older than test rows; 0: none need be"
    )
    customers: float = Field(1.0, gt=0, le=1, description="share of customers, by hash, whose rows are used; below 1: a sample")
