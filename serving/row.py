"""A customer row as a request brought it."""

from typing import NamedTuple

from churn.contract import Value


class Row(NamedTuple):
    """Whose row it is, of when, and the features by column name, in the order of the contract."""

    customer: str | None
    snapshot: str | None
    features: dict[str, Value]
