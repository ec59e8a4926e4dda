"""The `data` part of params.yaml: how files are read, and which columns a customer row has."""

import codecs
from collections.abc import Iterator
from datetime import date
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from churn.params.section import Section

Kind = Literal["number", "category", "boolean"]
Sign = Literal[".", ","]


class Reading(Section):
    """How the files in data/ are written; decided once, for all of them."""

    delimiter: str = Field(",", min_length=1, max_length=1, description="of CSV files")
    decimal: Sign = Field(".", description="decimal sign of numbers that are stored as text")
    other_decimal: tuple[str, ...] = Field((), description="columns that have the other decimal sign")
    units: dict[str, str] = Field({}, description="column: the sign that stands beside its numbers, such as % or $")
    encoding: str = Field("utf-8", description="of text files that are not UTF-8")
    sheet: str | None = Field(None, description="of Excel files; null: the first")

    def sign(self, column: str) -> Sign:
        """The decimal sign of a column."""
        other: Sign = "," if self.decimal == "." else "."
        return other if column in self.other_decimal else self.decimal

    @field_validator("encoding")
    @classmethod
    def known(cls, name: str) -> str:
        """An encoding is one that Python knows."""
        try:
            return codecs.lookup(name).name
        except LookupError as error:
            raise ValueError(f"'{name}' is no encoding that Python knows") from error


class Data(Section):
    """How the files in data/ are read and which columns a customer row has."""

    target: str
    positive: str | None = Field(None, description="the target's value for customers who left, in any case and spacing")
    positive_when: Literal["value", "present", "absent"] = Field("value", description="or the target is filled, or empty")
    id: str | None = None
    snapshot: str | None = None
    missing_words: tuple[str, ...]
    reading: Reading = Reading()
    columns: dict[str, Kind] = Field(min_length=1)
    spellings: dict[str, dict[str, str]] = Field({}, description="column: other spellings, and the level each is read as")
    dates: dict[str, tuple[str, ...]] = Field({}, description="column: how its dates are written; read as days_since_COLUMN")
    as_of: date | None = Field(None, description="dates are counted back from here where the snapshot's name is no date")
    most_levels: int = Field(60, ge=2, description="levels of a category; the rarer ones are read as one")
    drop: dict[str, str] = Field({}, description="columns that are left out, with the reason")
    suspects: Literal["leave_out", "keep"] = Field("leave_out", description="what is done with the answer in disguise")
    accused: dict[str, str] = Field({}, description="columns that look like the answer, with the reason")
    trusted: tuple[str, ...] = Field((), description="columns that are never accused")
    protected: tuple[str, ...] = Field((), description="columns by which the model is judged for fairness")
    predict_with_protected: bool = Field(False, description="whether it may also predict from them")

    @property
    def features(self) -> dict[str, Kind]:
        """The columns to predict from, with their kinds."""
        barred = set(self.left_out) | set(() if self.predict_with_protected else self.protected)
        return {name: kind for name, kind in self.columns.items() if name not in barred}

    @property
    def left_out(self) -> dict[str, str]:
        """The accused columns that are not predicted from, with the reason."""
        if self.suspects == "keep":
            return {}
        return {name: reason for name, reason in self.accused.items() if name not in self.trusted}

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """Whoever left can be told, every column that is spoken of is a declared one, and some are left to predict from."""
        if (self.positive is None) == (self.positive_when == "value"):
            raise ValueError("positive goes with positive_when: value, and only with it")
        unknown = next(((key, name) for key, name in self._spoken_of() if name not in self.columns), None)
        if unknown:
            raise ValueError(f"{unknown[0]}: '{unknown[1]}' is not among the columns")
        if self.dates and self.as_of is None:
            raise ValueError("dates need as_of, the day from which they are counted back")
        if not self.features:
            raise ValueError("no column is left to predict from; see protected and accused")
        return self

    def _spoken_of(self) -> Iterator[tuple[str, str]]:
        """Keys that speak of columns, and the columns they name."""
        for key in ("spellings", "accused", "trusted", "protected"):
            yield from ((key, name) for name in getattr(self, key))
        yield from (("reading.other_decimal", name) for name in self.reading.other_decimal)
        yield from (("reading.units", name) for name in self.reading.units)
        yield from (("dates", days_since(name)) for name in self.dates)

    @field_validator("positive", mode="before")
    @classmethod
    def as_written(cls, value: object) -> object:
        """An unquoted 1 or true in the file means the text that a table holds."""
        text = str(value)
        return text.lower() if isinstance(value, bool) else text if isinstance(value, (int, float)) else value

    @field_validator("missing_words")
    @classmethod
    def folded(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        """Words are compared without regard to case and surrounding space."""
        return tuple(word.strip().casefold() for word in words)


DAYS = "days_since_"


def days_since(column: str) -> str:
    """The name of the number that is made of a date."""
    return f"{DAYS}{column}"
