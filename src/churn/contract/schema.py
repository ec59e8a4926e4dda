"""What a customer row is: its columns, their kinds, levels, ranges, and what may be missing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from churn.contract.column import Column, Value
from churn.contract.derived import Derived
from churn.params import Reading


class Contract(BaseModel):
    """All columns of a customer row. `id` and `snapshot` may accompany a row and are never features.

    `columns` is what a row brings; `derived` is what the model computes of it. `reading` is how files hold such rows;
    requests hold numbers as numbers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    positive: str | None
    id: str | None
    snapshot: str | None
    missing_words: tuple[str, ...]
    reading: Reading = Reading()
    columns: tuple[Column, ...]
    derived: tuple[Derived, ...] = ()

    @property
    def model_columns(self) -> tuple[Column, ...]:
        """What learners see: the columns, then the derived ones."""
        return (*self.columns, *self.derived)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the encoded matrix."""
        return tuple(column.name for column in self.columns)

    def example(self) -> dict[str, Value]:
        """One plausible row, as shown on the API page."""
        return {column.name: column.example for column in self.columns}

    def is_missing(self, text: str) -> bool:
        """Whether a text stands for 'not known'."""
        return text.strip().casefold() in self.missing_words

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The inverse of `save`."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))


def as_columns(contract: Contract, rows: list[Mapping[str, Value]]) -> dict[str, list[Value]]:
    """Turn rows into one list of values for each feature."""
    return {name: [row.get(name) for row in rows] for name in contract.features}
