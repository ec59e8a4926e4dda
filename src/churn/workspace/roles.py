"""The roles that a user gives to columns: who left, who is who, and when. Every refusal says what to give instead."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from churn.contract.encode import as_text
from churn.data.infer.dating import dated
from churn.data.infer.findings import Seen
from churn.data.outcome import folded, target_labels
from churn.data.read.header import clean_name
from churn.data.words import Column, blank
from churn.errors import TableError
from churn.params import Data

When = Literal["value", "present", "absent"]
SHOWN = 8
LEFT = re.compile(r"churn|attrit|left|cancel|exit|closed|leav|gone|lost|quit|terminat|inactive|lapsed", re.IGNORECASE)
STAYED = re.compile(r"not|non|no |un|exist|stay|active|retain|current", re.IGNORECASE)
YES = ("yes", "1", "true", "y", "t", "ja", "oui", "si", "sí", "sim", "da", "tak", "vrai", "wahr")


class Roles(NamedTuple):
    """What the user says about the columns of a table."""

    target: str
    positive: str | None
    positive_when: When = "value"
    id: str | None = None
    snapshot: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that have a role."""
        return [name for name in (self.target, self.id, self.snapshot) if name]

    def cleaned(self) -> "Roles":
        """Names as tables have them."""
        target, identity, snapshot = (clean_name(name) if name else name for name in (self.target, self.id, self.snapshot))
        return self._replace(target=str(target), id=identity, snapshot=snapshot)


def check(table: Path, raw: pd.DataFrame, roles: Roles) -> None:
    """Raise TableError unless every role has a column of its own and the target says who left."""
    for role, name in (("target", roles.target), ("--id", roles.id), ("--snapshot", roles.snapshot)):
        if name and name not in raw.columns:
            raise TableError(f"{table}: {role} column '{name}' is absent; {_instead(name, list(raw.columns))}")
    if len(set(roles.columns)) < len(roles.columns):
        raise TableError(f"{table}: target, --id and --snapshot must be different columns")
    if (roles.positive is None) == (roles.positive_when == "value"):
        values = blank(raw[roles.target], ("",))
        raise TableError(f"{table}: say who left, by --positive or by --positive-when; {_guess(roles.target, values)}")


def check_outcomes(table: Path, raw: pd.DataFrame, data: Data) -> int:
    """The number of customers who left. Raises TableError unless there are some who left and some who stayed."""
    label = target_labels(raw, data).dropna()
    values = blank(raw[data.target], ("",))
    if not label.any():
        what = f"= '{data.positive}'" if data.positive else data.positive_when
        listed = f"its values are {', '.join(_common(values))}; " if data.positive else ""
        raise TableError(f"{table}: no row has {data.target} {what}; {listed}{_guess(data.target, values)}")
    if label.all():
        what = f"is '{data.positive}'" if data.positive else f"is {data.positive_when}"
        raise TableError(
            f"{table}: every known {data.target} {what}; a model needs both outcomes; {_guess(data.target, values)}"
        )
    return int(label.sum())


def _instead(name: str, columns: list[str]) -> str:
    folds = {column.casefold(): column for column in columns}
    near = get_close_matches(name.casefold(), folds, n=1, cutoff=0.75)
    meant = f"did you mean '{folds[near[0]]}'? " if near else ""
    more = f" and {len(columns) - 40} more" if len(columns) > 40 else ""
    return f"{meant}the columns are {', '.join(columns[:40])}{more}"


def _guess(target: str, values: Column) -> str:
    """What the user probably wants to give."""
    known = values.dropna()
    if known.empty:
        return f"{target} has no value at all"
    empty = 1 - len(known) / len(values)
    counts = known.map(as_text).map(folded).value_counts()
    if empty > 0 and (len(counts) > SHOWN or len(counts) == 1 or dated(Seen.of(target, values))):
        return (
            f"{target} is filled in {1 - empty:.0%} of the rows: --positive-when present, if those are the customers who left"
        )
    if len(counts) > 4 * SHOWN:
        return f"{target} has {len(counts)} different values, so it hardly says who left; name another --target"
    return f"probably --positive '{_likeliest(known)}' (its values: {', '.join(_common(values))})"


def _likeliest(known: Column) -> str:
    """The value that speaks of leaving, or says yes, or is the rarest."""
    counts = known.map(as_text).value_counts()
    said = [value for value in counts.index if LEFT.search(value) and not STAYED.search(LEFT.sub("", value))]
    yes = [value for value in counts.index if folded(value) in YES]
    return str((said or yes or [counts.index[-1]])[0])


def _common(values: Column) -> list[str]:
    return [value for value in values.dropna().map(as_text).value_counts().index if value][:SHOWN]
