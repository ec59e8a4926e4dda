"""The verdict on a table, kept where development looks for it."""

import hashlib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from churn.discovery.judge import Verdict
from churn.errors import NotWorthwhile
from churn.params import Problem

FOLDER = Path("artifacts/discovery")
NAME = "verdict.json"


class Record(BaseModel):
    """A verdict, with the hash of the data and of the problem that it judges. overruled: a person goes on after no-go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: str
    reason: str
    data: str
    problem: str
    overruled: bool = False

    @classmethod
    def of(cls, verdict: Verdict, data: str, problem: Problem) -> Self:
        """The record of a verdict on data with a hash."""
        return cls(verdict=verdict.word, reason=verdict.reason, data=data, problem=digest(problem))

    def save(self, folder: Path) -> None:
        """Write verdict.json."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def known(data: str, problem: Problem, folder: Path = FOLDER) -> Record | None:
    """The record in the folder of discovery, if it judges this data and this problem."""
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        found = Record.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return found if (found.data, found.problem) == (data, digest(problem)) else None


def overrule(data: str, problem: Problem, folder: Path = FOLDER) -> bool:
    """Record that a person goes on after `no-go`; returns whether there was such a verdict."""
    found = known(data, problem, folder)
    if found is None or found.verdict != "no-go":
        return False
    found.model_copy(update={"overruled": True}).save(folder)
    return True


def demand_worthwhile(data: str, problem: Problem, folder: Path = FOLDER) -> None:
    """Raise NotWorthwhile if discovery said `no-go` of this data and problem and nobody overruled it."""
    found = known(data, problem, folder)
    if found is not None and found.verdict == "no-go" and not found.overruled:
        raise NotWorthwhile(f"discovery says no-go: {found.reason}; to go on all the same: churn discover --anyway")


def digest(problem: Problem) -> str:
    """sha256 of the `problem:` part of params.yaml."""
    return hashlib.sha256(problem.model_dump_json().encode()).hexdigest()
