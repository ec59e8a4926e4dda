"""How numbers are written: one decimal sign for the whole table, the columns that differ, the units beside them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from churn.data.infer.findings import Seen
from churn.data.numbers import NUMBER, bare, parse
from churn.params import Reading
from churn.params.data import Sign

LOOKED_AT = 2000  # distinct values of a column
NUMBERS = 0.95  # share of them that must be numbers
BESIDE = re.compile(r"[\d.,'\u2019\s+()-]+")
UNIT = re.compile(
    r"[$€£¥₹₽₩₺₫₪฿₴₦%‰]|R\$|US\$|A\$|C\$|kr\.?|zł|Kč|Ft|Rs\.?|"
    r"USD|EUR|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|TRY|RUB|BRL|CAD|AUD|NZD|MXN|ZAR|SGD|HKD|KRW"
)


@dataclass(frozen=True)
class Written:
    """How the numbers of a column are written. vote: the decimal sign that its values show, None if they show none."""

    name: str
    unit: str
    vote: Sign | None
    grouped: str


def writing(columns: Sequence[Seen], reading: Reading) -> tuple[Reading, list[str]]:
    """Complete `reading` by what the text columns show; and lines about numbers that could be read in another way."""
    found = [written for written in map(_written, columns) if written]
    votes = Counter(written.vote for written in found if written.vote)
    decimal: Sign = "," if votes[","] > votes["."] else "."
    other = tuple(w.name for w in found if w.vote and w.vote != decimal)
    units = {w.name: w.unit for w in found if w.unit}
    done = reading.model_copy(update={"decimal": decimal, "other_decimal": other, "units": units})
    return done, [_doubt(w, decimal) for w in found if w.grouped and not w.vote]


def _doubt(written: Written, decimal: Sign) -> str:
    """What is said of numbers that would be others with the other decimal sign."""
    read = parse(written.grouped, decimal)
    return (
        f"{written.name}: '{written.grouped}' was read as {read:g}, for the decimal sign is '{decimal}'; "
        "if that is wrong, correct decimal or other_decimal in data.reading"
    )


def _written(seen: Seen) -> Written | None:
    """None unless nearly all values are numbers with one unit or none."""
    texts = seen.texts[:LOOKED_AT]
    unit = _unit(texts)
    if not texts or unit is None:
        return None
    cores = [bare(text, unit) for text in texts]
    comma, point = ([bool(NUMBER[sign].fullmatch(core)) for core in cores] for sign in (",", "."))
    if sum(map(max, comma, point)) < NUMBERS * len(texts):
        return None
    only_comma = sum(c and not p for c, p in zip(comma, point, strict=True))
    only_point = sum(p and not c for c, p in zip(comma, point, strict=True))
    vote: Sign | None = "," if only_comma > only_point else "." if only_point else None
    grouped = next((core for core in cores if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", core)), "")
    return Written(seen.name, unit, vote, grouped)


def _unit(texts: Sequence[str]) -> str | None:
    """The sign beside the numbers, empty if there is none; None if there are several, or percent on some only."""
    beside = Counter(BESIDE.sub("", text) for text in texts if any(map(str.isdigit, text)))
    found = {unit for unit, count in beside.items() if count > (1 - NUMBERS) * len(texts)}
    if found <= {""}:
        return ""
    known = [unit for unit in found if UNIT.fullmatch(unit)]
    mixed = "" in found and known in (["%"], ["‰"])  # 12 may be 12 % or 1200 %
    return known[0] if len(known) == 1 and found <= {"", *known} and not mixed else None
