"""Look at a table nobody has described yet, and decide what each column is."""

import re
from dataclasses import dataclass, field

import pandas as pd

from churn.data.conform import FALSE, TRUE, Column, blank, is_text, to_numbers
from churn.params import Kind

MISSING_WORDS = ("", "?", "missing", "n/a", "na", "nan", "nat", "none", "null", "unknown")
ID_NAME = re.compile(r"(^|[_ ])(id|uuid|key|index|rownumber|row_number|clientnum)$|(?<=[a-z])(ID|Id)$", re.IGNORECASE)
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")


@dataclass
class Findings:
    """What was found, what was done about it, and the columns that remain."""

    columns: dict[str, Kind] = field(default_factory=dict)
    drop: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def infer(raw: pd.DataFrame, roles: list[str]) -> Findings:
    """Decide on each column that is not in `roles` (target, id, snapshot)."""
    found = Findings()
    for name in [str(column) for column in raw.columns if column not in roles]:
        values = blank(raw[name], MISSING_WORDS)
        reason = _reason_to_drop(name, values)
        if reason:
            found.drop[name] = reason
        else:
            found.columns[name] = _kind(values)
            _note_missing(name, raw[name], values, found)
    return found


def _reason_to_drop(name: str, values: Column) -> str | None:  # noqa: PLR0911 - one line for each reason
    known = values.dropna()
    levels = known.nunique()
    if levels == 0:
        return "all values are missing"
    if levels == 1 and len(known) == len(values):
        return "constant"
    numbers = to_numbers(known)
    if numbers.notna().all():
        return "an id: another whole number in every row" if _counts_rows(name, numbers, len(values)) else None
    if numbers.notna().mean() >= 0.95 and levels > len(values) / 10:
        wrong = known[numbers.isna()]
        return f"numbers, but for {len(wrong)} values such as '{wrong.iloc[0]}'; mend them or add to missing_words"
    if levels >= 0.95 * len(values):
        return "an id: another text in nearly every row"
    if known.astype(str).str.match(DATE).mean() > 0.95:
        return "a date; dates are not features"
    if levels > len(values) / 10:
        return f"{levels} levels, more than a tenth of the rows"
    return None


def _counts_rows(name: str, numbers: Column, rows: int) -> bool:
    whole = bool((numbers % 1 == 0).all())
    if not whole or numbers.nunique() < rows:
        return False
    return bool(ID_NAME.search(name)) or numbers.is_monotonic_increasing


def _kind(values: Column) -> Kind:
    known = values.dropna()
    if to_numbers(known).notna().all() and not known.map(lambda value: isinstance(value, bool)).any():
        return "number"
    words = set(known.astype(str).str.casefold())
    return "boolean" if words <= {"true", "false"} and words <= TRUE | FALSE else "category"


def _note_missing(name: str, raw: Column, values: Column, found: Findings) -> None:
    """Say which words were read as missing, since they may carry meaning."""
    if not is_text(raw):
        return
    lost = raw[values.isna() & raw.notna()].astype(str).str.strip()
    if lost.empty:
        return
    words = ", ".join(f"{count} x '{word}'" if word else f"{count} blank" for word, count in lost.value_counts().items())
    as_what = "numbers stored as text" if found.columns[name] == "number" else "text"
    found.notes.append(f"{name}: {as_what}, {words} read as missing")
