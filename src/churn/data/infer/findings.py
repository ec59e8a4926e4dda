"""What was found in a table, as it goes into params.yaml and as a person is told."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.data.numbers import to_numbers
from churn.data.words import MISSING_WORDS, Column
from churn.params import Kind, Reading

CODES = 0.05  # share of the distinct values that begin with a 0


@dataclass
class Findings:
    """The columns that remain, those that are left out and why, and everything that was decided about reading them.

    ids: columns that are left out as ids. words: for a column the word that was read as missing most often, where often.
    notes: what was found and done, by a line for each column. decide: what only the user can know.
    """

    columns: dict[str, Kind] = field(default_factory=dict)
    drop: dict[str, str] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    missing_words: tuple[str, ...] = MISSING_WORDS
    spellings: dict[str, dict[str, str]] = field(default_factory=dict)
    dates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    as_of: date | None = None
    ids: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    decide: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """The distinct known values of one column, in the order in which they come, and how many of the rows hold each.

    numbers: the distinct values as numbers, NaN where they are none; known once it is known how numbers are written.
    """

    name: str
    rows: int
    distinct: Column
    counts: npt.NDArray[np.int64]
    numbers: "pd.Series[float]" = field(default_factory=lambda: pd.Series(dtype=float))

    @classmethod
    def of(cls, name: str, values: Column) -> Self:
        """Look at a column whose missing values are None."""
        codes, distinct = pd.factorize(values)
        counts = np.bincount(codes[codes >= 0], minlength=len(distinct)).astype(np.int64)
        return cls(name, len(values), pd.Series(distinct, name=name, dtype=object), counts)

    def read(self, reading: Reading) -> Self:
        """The same with its numbers. Digits behind a 0 are a code, not a number."""
        padded = sum(text.isdigit() and len(text) > 1 and text.startswith("0") for text in self.texts)
        if padded > CODES * len(self.distinct):
            return replace(self, numbers=pd.Series(np.nan, index=self.distinct.index))
        numbers = to_numbers(self.distinct, reading.sign(self.name), reading.units.get(self.name, ""))
        return replace(self, numbers=numbers)

    @property
    def known(self) -> int:
        """Rows in which a value is known."""
        return int(self.counts.sum())

    @property
    def texts(self) -> list[str]:
        """The distinct values that are text."""
        return [value for value in self.distinct if isinstance(value, str)]

    def share(self, mask: npt.NDArray[np.bool_]) -> float:
        """The share of the known rows whose distinct value is in a mask."""
        return float(self.counts[mask].sum() / self.known)
