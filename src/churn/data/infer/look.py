"""Look at each column of a table and decide what it is."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from churn.contract.encode import as_text
from churn.data.infer.dating import dated
from churn.data.infer.findings import Findings, Seen
from churn.data.infer.spelling import merged, resembling
from churn.data.infer.useless import AN_ID, reason_to_drop
from churn.data.infer.writing import writing
from churn.data.words import FALSE, MISSING_WORDS, PAIRS, TRUE, Column, blank, is_text, truth
from churn.params import Data, Kind, Reading
from churn.params.data import days_since

PLAIN = Reading()
MOST_LEVELS: int = Data.model_fields["most_levels"].default
FEW_SPELLINGS = 20  # of true and false
FEWEST, TELLING = 10, 0.02  # rows, and share of them, in which a word for missing may be a level
AS_WHAT: dict[Kind, str] = {"number": "numbers stored as text", "boolean": "true and false", "category": "text"}
STRANGE, FEW_WORDS = 0.05, 3  # share of the rows and count of words that may stand among numbers
LATER = ("end", "expir", "renew", "due", "next", "until", "birth", "dob")  # such dates tell little of when a table was drawn


def infer(raw: pd.DataFrame, roles: Sequence[str], reading: Reading = PLAIN) -> Findings:
    """Decide on each column that is not in `roles` (target, id, snapshot)."""
    names = [str(name) for name in raw.columns if name not in roles]
    values = {name: blank(raw[name], MISSING_WORDS) for name in names}
    bare = {name: Seen.of(name, column) for name, column in values.items()}
    found = Findings()
    found.reading, found.decide = writing(list(bare.values()), reading)
    seen = {name: one.read(found.reading) for name, one in bare.items()}
    words = sorted(set(_words_among_numbers(seen)) - _words_of(raw[[name for name in roles if name in raw.columns]]))
    found.missing_words = tuple(dict.fromkeys([*MISSING_WORDS, *words]))
    newest: dict[str, date] = {}
    for name in names:
        if words:
            values[name] = blank(values[name], words)
            seen[name] = Seen.of(name, values[name]).read(found.reading)
        newest |= _column(seen[name], raw[name], values[name], found)
    named = (dated(Seen.of(role, blank(raw[role], MISSING_WORDS))) for role in roles if role in raw.columns)
    _count_back(newest, [days.newest for days in named if days and days.newest], found)
    return found


def _column(seen: Seen, raw: Column, values: Column, found: Findings) -> Mapping[str, date]:
    """Decide on one column; the newest day, by its name, if it is one of dates."""
    name = seen.name
    days = dated(seen) if len(seen.distinct) > 1 else None
    if days and days.trouble is None and days.newest:
        found.dates[name] = days.formats
        found.columns[days_since(name)] = "number"
        _note_missing(name, f"dates written as {' or '.join(days.formats)}", raw, values, found)
        return {name: days.newest}
    spellings = merged(seen) if not days and _is_category(seen) else {}
    reason = days.trouble if days else _reason(seen, spellings)
    if reason:
        found.drop[name] = reason
        if reason.startswith(AN_ID):
            found.ids.append(name)
        return {}
    _keep(seen, spellings, raw, values, found)
    return {}


def _keep(seen: Seen, spellings: dict[str, str], raw: Column, values: Column, found: Findings) -> None:
    name = seen.name
    found.columns[name] = kind = _kind(seen)
    _note_missing(name, AS_WHAT[kind], raw, values, found)
    if name in found.reading.units:
        found.notes.append(f"{name}: numbers with {found.reading.units[name]}, read without it")
    if kind == "boolean" and not {str(word).casefold() for word in seen.distinct} <= {"true", "false"}:
        yes, no = (sorted({str(word) for word in seen.distinct if truth(word) == flag}) for flag in (1.0, 0.0))
        found.notes.append(f"{name}: {_listed(yes)} read as true, {_listed(no)} as false")
    if kind == "category":
        _spelt(seen, spellings, found)
        levels = len(seen.distinct) - len(spellings)
        if levels > MOST_LEVELS:
            found.notes.append(f"{name}: {levels:,} levels; the {MOST_LEVELS - 1} commonest are kept, the others read as one")


def _spelt(seen: Seen, spellings: dict[str, str], found: Findings) -> None:
    if spellings:
        found.spellings[seen.name] = spellings
        told = ", ".join(f"'{text}' as '{level}'" for text, level in list(spellings.items())[:5])
        more = f" and {len(spellings) - 5} more" if len(spellings) > 5 else ""
        found.notes.append(f"{seen.name}: spellings of one level, {told}{more}")
    for rare, level in resembling(seen, spellings)[:3]:
        found.decide.append(
            f"{seen.name}: is '{rare}' a mistake for '{level}'? If so, put it into data.spellings; nothing was done about it"
        )


def _is_category(seen: Seen) -> bool:
    return bool(len(seen.distinct)) and _kind(seen) == "category"


def _reason(seen: Seen, spellings: dict[str, str]) -> str | None:
    if spellings and len(seen.distinct) - len(spellings) == 1 and seen.known == seen.rows:
        return "constant"
    return reason_to_drop(seen)


def _kind(seen: Seen) -> Kind:
    distinct = seen.distinct
    words = {str(value).casefold() for value in distinct} if len(distinct) <= FEW_SPELLINGS else {""}
    if words <= {"true", "false"} or (len(words) == 2 and any({yes, no} == words for yes, no in PAIRS)):
        return "boolean" if words <= TRUE | FALSE else "category"
    flags = any(isinstance(value, bool) for value in distinct)
    return "number" if not flags and seen.numbers.notna().all() else "category"


def _words_among_numbers(seen: Mapping[str, Seen]) -> list[str]:
    """Words that stand among the numbers of a column, and in no other: they mean that the number is not known."""
    words: set[str] = set()
    for one in seen.values():
        strange = one.numbers.isna().to_numpy()
        texts = [str(value).casefold() for value in one.distinct[strange]]
        few = 0 < len(texts) <= FEW_WORDS < len(one.distinct) / 3 and one.share(strange) <= STRANGE
        if few and not any(any(map(str.isdigit, text)) for text in texts):
            words |= set(texts)
    for one in seen.values():
        levels = {str(value).casefold() for value in one.distinct}
        if levels & words and one.numbers.notna().mean() < 0.5:
            words -= levels
    return sorted(words)


def _words_of(of_roles: pd.DataFrame) -> set[str]:
    """What stands in the columns of a role: an outcome, a customer or a snapshot of that name is known."""
    return {as_text(value).casefold() for name in of_roles for value in of_roles[name].dropna().unique()}


def _listed(words: Sequence[str]) -> str:
    return " and ".join(map(repr, words[:3]))


def _count_back(newest: Mapping[str, date], of_roles: Sequence[date], found: Findings) -> None:
    """Count from the newest date of the columns that tell of what has been, outcomes and snapshots among them."""
    if not newest:
        return
    past = {name: day for name, day in newest.items() if not any(word in name.lower() for word in LATER)}
    found.as_of = max([*(past or newest).values(), *of_roles])
    found.notes += [
        f"{name}: dates written as {' or '.join(found.dates[name])}, read as {days_since(name)}, counted back from "
        f"{found.as_of} or from the day that names the snapshot"
        for name in newest
    ]
    found.decide.append(
        f"data.as_of: dates are counted back from {found.as_of}, the newest in the table; if it was drawn on another day, "
        f"correct it. A request sends {' and '.join(map(days_since, list(newest)[:3]))} as counted on its own day"
    )


def _note_missing(name: str, as_what: str, raw: Column, values: Column, found: Findings) -> None:
    """Say which words were read as missing, since they may carry meaning."""
    if not is_text(raw):
        return
    lost = raw[values.isna() & raw.notna()].astype(str).str.strip()
    if lost.empty:
        return
    words = ", ".join(f"{count} x '{word}'" if word else f"{count} blank" for word, count in lost.value_counts().items())
    found.notes.append(f"{name}: {as_what}, {words} read as missing")
    spelt = lost[lost != ""].value_counts()
    if len(spelt) and spelt.iloc[0] >= max(FEWEST, len(raw) * TELLING):
        found.words[name] = str(spelt.index[0])
