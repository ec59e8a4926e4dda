"""Decide how a table becomes a workspace; touches nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from churn.contract.encode import as_text
from churn.data.infer import Findings, infer
from churn.data.labelled import RESERVED, Labelled, in_time, labelled, named
from churn.data.outcome import spellings_of, target_labels
from churn.data.read import read_table, sniff
from churn.data.words import Column, blank, by_value
from churn.errors import TableError
from churn.leak import guard
from churn.params import Data
from churn.workspace import repeats
from churn.workspace.roles import Roles, When, check, check_outcomes

FEWEST_ROWS = 200
TAKEN = {"predicted probability", *(f"__{name}" for name in RESERVED)}


@dataclass(frozen=True)
class Plan:
    """What `init` will do with a table, and what it tells about it.

    notes: what was found and done. decide: what only the user can know. leaks: the accused columns.
    """

    table: Path
    data: Data
    rows: int
    churners: int
    notes: list[str] = field(default_factory=list)
    decide: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    @property
    def judging_rows(self) -> int:
        """Fewer held-out rows than this table has, on the whole, so that chance cannot fail the gate."""
        return int(0.2 * self.rows)


def plan(
    table: Path, target: str, positive: str | None, identity: str | None, snapshot: str | None, positive_when: When = "value"
) -> Plan:
    """Look at a table and decide. Raises TableError when no model can be made of it."""
    roles = Roles(target, positive, positive_when, identity, snapshot).cleaned()
    reading = sniff(table, roles.target)
    raw = read_table(table, reading)
    check(table, raw, roles)
    reserved = [name for name in raw.columns if name in TAKEN]
    if reserved:
        raise TableError(f"{table}: column '{reserved[0]}' has a name that the system uses itself; rename it")
    if len(raw) < FEWEST_ROWS:
        raise TableError(f"{table} has {len(raw)} rows; at least {FEWEST_ROWS} are needed to learn and to judge")
    found = infer(raw, roles.columns, reading)
    roles = repeats.adopted(raw, roles, found)
    repeats.leave_out_period(raw, roles, found)
    if not found.columns:
        raise TableError(f"{table} has no usable column besides {', '.join(roles.columns)}: {_first_reasons(found)}")
    data = _declared(roles, found)
    churners = check_outcomes(table, raw, data)
    data, leaks, warned = _guarded(table, raw, data)
    kept = [note for note in found.notes if note.partition(":")[0] not in data.accused]
    notes = [*_names(table, raw), *kept, *_rows(raw, data), *_left_out(data)]
    decide = [*repeats.advice(raw, roles, found), *_words(raw, data, found), *found.decide, *warned]
    return Plan(table, data, len(raw), churners, notes, decide, leaks)


def _declared(roles: Roles, found: Findings) -> Data:
    return Data(
        target=roles.target,
        positive=roles.positive,
        positive_when=roles.positive_when,
        id=roles.id,
        snapshot=roles.snapshot,
        missing_words=found.missing_words,
        reading=found.reading,
        columns=found.columns,
        spellings=found.spellings,
        dates=found.dates,
        as_of=found.as_of,
        drop=found.drop,
    )


def _guarded(table: Path, raw: pd.DataFrame, data: Data) -> tuple[Data, list[str], list[str]]:
    """The data section after the leak guard, which also looks at the columns that are left out for other reasons."""
    probe = data.model_copy(update={"columns": data.columns | dict.fromkeys(data.drop, "category")})
    known = raw.assign(**{name: _presence(raw[name], data) for name in data.drop})
    rows: Labelled = labelled(table.stem, known, probe)
    found = guard(rows.frame, rows.label, rows.group, rows.snapshot, probe)
    leaks = {name: reason for name, reason in found.data.accused.items() if name in data.columns}
    drop = {name: _also_leak(reason, found.data.accused.get(name)) for name, reason in data.drop.items()}
    lines = [f"{name}: {reason}" for name, reason in leaks.items()]
    lines += [f"{name}: {drop[name].removeprefix('a leak: ')}" for name in drop if name in found.data.accused]
    done = Data.model_validate(data.model_dump() | {"accused": leaks, "drop": drop})
    return done, lines, [f"{name}: {why}; it stays" for name, why in found.warned.items() if name in done.features]


def _presence(column: Column, data: Data) -> Column:
    """Only whether a value is known: all that a date or a free text that is left out can be accused for."""
    return blank(column, data.missing_words).map(lambda _: "known", na_action="ignore")


def _also_leak(reason: str, leak: str | None) -> str:
    return f"a leak: {leak}; besides, {reason}" if leak else reason


def _first_reasons(found: Findings) -> str:
    return "; ".join(f"{name} is {reason}" for name, reason in list(found.drop.items())[:3])


def _names(table: Path, raw: pd.DataFrame) -> Iterator[str]:
    again = [name for name in raw.columns if name.endswith(")") and name.rpartition(" (")[0] in raw.columns]
    for name in again:
        first = name.rpartition(" (")[0]
        yield f"{first}: two columns have this name in {table.name}; the later is called '{name}'"


def _rows(raw: pd.DataFrame, data: Data) -> Iterator[str]:
    known = named(raw, data)
    if nameless := int((~known).sum()):
        yield f"{data.id}: {nameless} rows have none, and are read as customers of their own"
    repeated = repeats.repeated_rows(raw[known])
    if repeated:
        done = "read once" if data.id else "kept together on one side of every split"
        yield f"{repeated} rows repeat another row: {done}"
    label = target_labels(raw, data)
    if unknown := int(label.isna().sum()):
        yield f"{unknown} rows have no outcome yet: left out of training"
    values = blank(raw[data.target], data.missing_words)
    if data.positive is not None:
        several = spellings_of(data.positive, values)
        if several:
            yield f"{data.target}: {', '.join(map(repr, several))} all mean '{data.positive}'"
        others = sorted({str(value) for value in values[label == 0].unique()})
        if len(others) > 1:
            yield f"{data.target}: {', '.join(map(repr, others[:6]))} are read as customers who stayed"
    if data.snapshot:
        periods = in_time(by_value(raw[data.snapshot], as_text).to_numpy(dtype=object))
        yield f"{data.snapshot}: {len(periods)} snapshots, the oldest '{periods[0]}', the newest '{periods[-1]}'"


def _left_out(data: Data) -> Iterator[str]:
    """A line for each reason, with its columns."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in data.drop.items():
        if not reason.startswith("a leak"):
            by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        yield f"{', '.join(names)}: left out, {reason}"


def _words(raw: pd.DataFrame, data: Data, found: Findings) -> Iterator[str]:
    """For words that may be levels, how the customers behind them behave."""
    label = target_labels(raw, data)
    for name, word in found.words.items():
        if data.features.get(name) == "category":
            there = _is_word(raw[name], word) & label.notna()
            here, elsewhere = label[there].mean(), label[~there & label.notna()].mean()
            if np.isfinite(here):
                yield (
                    f"{name}: '{word}' stands in {there.mean():.0%} of the rows, of which {here:.0%} left and {elsewhere:.0%} "
                    "of the others; it is read as missing; to make it a level, take it from data.missing_words"
                )


def _is_word(column: Column, word: str) -> "pd.Series[bool]":
    return column.astype(str).str.strip() == word
