"""Which columns are dates, and how these are written; day and month are told apart by the values or not at all."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from churn.contract.encode import as_text
from churn.data.dates import TIME, to_date
from churn.data.infer.findings import Seen

MOST_WRONG = 0.05
SAMPLE = 50
ISO = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}")
MONTH = re.compile(r"(?:19|20)\d{2}([-/])(?:0?[1-9]|1[0-2])")
COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|(?<!\.)\d{2})")  # 4.1.12 is a version, not a date
DAY_NAMED = re.compile(r"\d{1,2}([- ])([A-Za-z]{3,9})\1(\d{4}|\d{2})")
NAMED_DAY = re.compile(r"([A-Za-z]{3,9}) \d{1,2}(,?) \d{4}")
AMBIGUOUS = "?"
ORDERS = {"day": ("%d", "%m"), "month": ("%m", "%d")}


@dataclass(frozen=True)
class Dated:
    """A column of dates. trouble: why it cannot be read as such, None if it can."""

    formats: tuple[str, ...]
    newest: date | None
    trouble: str | None


def dated(seen: Seen) -> Dated | None:
    """How the dates of a column are written; None if it is no column of dates."""
    first = [TIME.sub("", _text(value)) for value in seen.distinct[:SAMPLE]]
    if not first or sum(bool(_shapes(text)) for text in first) < (1 - MOST_WRONG) * len(first):
        return None
    texts = [TIME.sub("", _text(value)) for value in seen.distinct]
    shapes = set(filter(None, map(_shapes, texts)))
    found = list(dict.fromkeys(_formats(shapes, texts)))
    if AMBIGUOUS in found:
        return Dated((), None, "a date, but day and month cannot be told apart; say in data.dates how it is written")
    days = [to_date(value, found) for value in seen.distinct]
    wrong = np.array([day is None for day in days])
    if seen.share(wrong) > MOST_WRONG:
        return None
    if wrong.any():
        first = seen.distinct[wrong].iloc[0]
        return Dated((), None, f"a date, but for {int(seen.counts[wrong].sum())} values such as '{first}'")
    return Dated(tuple(found), max(day for day in days if day), None)


def _text(value: object) -> str:
    return value.strftime("%Y-%m-%d") if isinstance(value, (datetime, date)) else as_text(value)


def _shapes(text: str) -> str:
    """The shape of a date: its format, with `1` and `2` for the numbers of which it is not plain which is the month."""
    if found := ISO.fullmatch(text):
        return found[1].join(("%Y", "%m", "%d"))
    if found := NUMERIC.fullmatch(text):
        return found[2].join(("1", "2", _year(found[4])))
    if found := DAY_NAMED.fullmatch(text):
        return found[1].join(("%d", _month(found[2]), _year(found[3])))
    if found := NAMED_DAY.fullmatch(text):
        return f"{_month(found[1])} %d{found[2]} %Y"
    if found := MONTH.fullmatch(text):
        return f"%Y{found[1]}%m"
    return "%Y%m%d" if COMPACT.fullmatch(text) else ""


def _formats(shapes: Iterable[str], texts: Sequence[str]) -> Iterator[str]:
    for shape in sorted(shapes):
        order = ORDERS.get(_order(shape[1], texts)) if "1" in shape else ("", "")
        yield shape.replace("1", order[0]).replace("2", order[1]) if order else AMBIGUOUS


def _order(separator: str, texts: Sequence[str]) -> str:
    """Whether the day or the month comes first, by numbers above 12, by a day that never changes, or by the point."""
    pairs = [(int(f[1]), int(f[3])) for f in map(NUMERIC.fullmatch, texts) if f and f[2] == separator]
    first, second = ({pair[i] for pair in pairs} for i in (0, 1))
    if (max(first) > 12) != (max(second) > 12):
        return "day" if max(first) > 12 else "month"
    if max(first) > 12:
        return "both"
    if min(len(first), len(second)) == 1 and max(len(first), len(second)) >= 3:
        return "day" if len(first) == 1 else "month"
    return "day" if separator == "." else "unknown"


def _year(digits: str) -> str:
    return "%Y" if len(digits) == 4 else "%y"


def _month(name: str) -> str:
    return "%b" if len(name) == 3 else "%B"
