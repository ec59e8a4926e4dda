"""A customer row as a request brought it."""

from typing import Any, NamedTuple

from msgspec import to_builtins

from churn.contract import Value


class Row(NamedTuple):
    """Whose row it is, of when, its values in the order of the contract, and what the log keeps of them.

    `kept` is whatever JSON writes as an object of column names and values: a dictionary, or a struct, which is faster.
    """

    customer: str | None
    snapshot: str | None
    values: tuple[Value, ...]
    kept: Any

    @property
    def features(self) -> dict[str, Value]:
        """Values by column name, in the order of the contract."""
        found: dict[str, Value] = to_builtins(self.kept)
        return found
