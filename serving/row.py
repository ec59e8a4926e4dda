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
    def identity(self) -> str:
        """Who the customer is; the values stand for a row that does not say."""
        return repr(self.values) if self.customer is None else self.customer

    def ordered(self, features: tuple[str, ...]) -> "Row":
        """The same row with its values in another order; what it does not have is missing."""
        known = self.features
        return self._replace(values=tuple(known.get(name) for name in features))

    @property
    def features(self) -> dict[str, Value]:
        """Values by column name, in the order of the contract."""
        found: dict[str, Value] = to_builtins(self.kept)
        return found
