"""What the history of the model tells: who was champion when, and what a version was made of. Pure functions over its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from churn.errors import NoModel
from churn.store.tables import Event

REGISTERED, PROMOTED, ROLLED_BACK = "registered", "promoted", "rolled back"  # kinds of line
CROWNED = {PROMOTED, ROLLED_BACK}  # from such a line on its version answers, in the place of detail["before"]


@dataclass(frozen=True)
class Reign:
    """A version was champion from `since` until `until`, which is None for the one that still is."""

    line: Event
    until: datetime | None

    @property
    def version(self) -> str:
        """Its number in the registry, which begins anew where the registry is rebuilt."""
        return self.line.version

    @property
    def since(self) -> datetime:
        """When it became champion."""
        return self.line.time


def reigns(history: Sequence[Event]) -> list[Reign]:
    """The champions, oldest first."""
    lines = [line for line in history if line.kind in CROWNED]
    ends = [line.time for line in lines[1:]]
    return [Reign(line, until) for line, until in zip(lines, [*ends, None], strict=True)]


def on(history: Sequence[Event], day: date) -> list[Reign]:
    """Who was champion at any time of a day (UTC), oldest first."""
    return [one for one in reigns(history) if one.since.date() <= day and (one.until is None or one.until.date() >= day)]


@dataclass(frozen=True)
class Lineage:
    """What a version was made of, and by which run; empty where the history does not tell."""

    version: str
    bundle: str
    data: str
    params: str
    commit: str
    run: str
    registered: datetime
    who: str


def made_of(history: Sequence[Event], version: str) -> dict[str, str]:
    """Bundle, data and commit of the newest version with a number, for a line about it; empty where none is told."""
    told = next((line.detail for line in reversed(history) if (line.kind, line.version) == (REGISTERED, version)), {})
    return {name: str(told[name]) for name in ("bundle", "data", "commit") if told.get(name)}


def lineage(history: Sequence[Event], version: str, data: str | None = None) -> Lineage:
    """Of the newest version with a number, and with a hash of the data where one is given. Raises NoModel."""
    lines = [line for line in history if line.kind == REGISTERED and line.version == version]
    found = [line for line in lines if data is None or line.detail.get("data") == data]
    if not found:
        raise NoModel(f"the history knows no version {version}{f' made of the data {data}' if data and lines else ''}")
    line = found[-1]
    told: dict[str, Any] = {name: str(line.detail.get(name, "")) for name in ("bundle", "data", "params", "commit", "run")}
    return Lineage(version, registered=line.time, who=line.who, **told)
