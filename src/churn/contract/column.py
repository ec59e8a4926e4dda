"""One column of a customer row."""

from pydantic import BaseModel, ConfigDict

from churn.params import Kind
from churn.params.data import DAYS

Value = str | float | bool | None


class Column(BaseModel):
    """One feature. `levels` are the categories seen in training; `minimum` and `maximum` its observed range.

    read_as: other texts, and the level as which each is read: another spelling of it, or a rare level among the other ones.
    dates: of days since a date, how tables write the date; empty for all others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    nullable: bool
    example: Value
    levels: tuple[str, ...] = ()
    read_as: dict[str, str] = {}
    minimum: float | None = None
    maximum: float | None = None
    dates: tuple[str, ...] = ()

    @property
    def dated(self) -> str:
        """The column of the date whose days this one counts."""
        return self.name.removeprefix(DAYS)
