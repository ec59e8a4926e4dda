"""The leak guard at work: leave out the columns that are accused, and tell of all that are suspicious."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.errors import TableError
from churn.leak.judge import Suspect, suspects
from churn.params import Data


@dataclass(frozen=True)
class Guarded:
    """The data section with all that is accused in it, and lines for a person about every suspect."""

    data: Data
    lines: list[str]
    warned: dict[str, str]


def guard(
    frame: pd.DataFrame,
    label: npt.NDArray[np.int64],
    group: npt.NDArray[np.uint64],
    snapshot: npt.NDArray[np.object_],
    data: Data,
) -> Guarded:
    """Judge every column that a model may predict from, on all rows and on each snapshot alone, which may be the first to leak.

    frame: n rows of the declared columns, conformed. label, group, snapshot: (n,). Raises TableError if nothing is left.
    """
    judged = frame[[name for name in data.features if name not in data.trusted]]
    accused: dict[str, str] = {}
    warned: dict[str, str] = {}
    for where, mask, parts in _parts(snapshot):
        for suspect in suspects(judged[mask].reset_index(drop=True), label[mask], group[mask], parts):
            told = accused if suspect.accused else warned
            told.setdefault(suspect.column, _reason(suspect, where))
    done = data.model_copy(update={"accused": data.accused | accused})
    if not done.features:
        raise TableError("every column looks like the answer in disguise: see data.suspects and data.trusted in params.yaml")
    return Guarded(done, list(_lines(done, accused)), {name: why for name, why in warned.items() if name not in accused})


def _parts(snapshot: npt.NDArray[np.object_]) -> Iterator[tuple[str, npt.NDArray[np.bool_], int]]:
    """All rows, then each snapshot: how it is told, which rows, and of how many parts it is one."""
    names = snapshot.astype(str)
    yield "", np.ones(len(names), dtype=bool), 1
    found = np.unique(names)
    if len(found) > 1:
        yield from ((f" in {name}", names == name, len(found)) for name in found)


def _reason(suspect: Suspect, where: str) -> str:
    """The strongest figure, and the one about missing values, which names the mechanism."""
    first, *others = suspect.reason.split("; ")
    return "; ".join([first, *(other for other in others if "missing" in other)]) + where


def _lines(data: Data, new: dict[str, str]) -> Iterator[str]:
    """What was done with each accused column."""
    for name, reason in data.accused.items():
        known = "" if name in new else ", as params.yaml says"
        if name in data.left_out:
            yield f"{name}: left out, it may be the answer in disguise{known}: {reason}"
        elif data.suspects == "keep":
            yield f"{name}: kept although it may be the answer in disguise (data.suspects: keep): {reason}"
