"""What is odd about a table: each finding says how much of it there is and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churn.data.labelled import Labelled
from churn.discovery.profile import Part
from churn.params import Data

MOSTLY = 0.5  # of the rows missing
SAME = 0.995  # of the rows with one value
MANY_LEVELS = 100


@dataclass(frozen=True)
class Finding:
    """Where something is odd (a column, or the rows), what, and what to do about it."""

    where: str
    what: str
    advice: str


def findings(rows: Labelled, data: Data, snapshots: list[Part]) -> list[Finding]:
    """Everything odd about the rows, then about the columns, then what params.yaml leaves out already."""
    columns = (finding for name in data.columns for finding in _column(rows.frame[name], name, data.columns[name]))
    dropped = (Finding(name, f"left out: {reason}", "data.drop in params.yaml") for name, reason in data.drop.items())
    return [*_rows(rows, data), *_over_time(snapshots), *columns, *dropped]


def _rows(rows: Labelled, data: Data) -> Iterator[Finding]:
    values = pd.util.hash_pandas_object(rows.frame.astype(str), index=False).to_numpy()
    _, kind, count = np.unique(values, return_inverse=True, return_counts=True)
    repeated = int((count[kind] > 1).sum())
    if repeated:
        yield Finding("rows", f"{repeated:,} rows equal another one in every column", "look for rows exported twice")
    left = np.bincount(kind, rows.label) / count
    both = int(((left > 0) & (left < 1))[kind].sum())
    if both:
        yield Finding("rows", f"{both:,} of them with different outcomes", "no model can tell these customers apart")
    _, again = np.unique(np.column_stack([rows.group, _codes(rows.snapshot)]), axis=0, return_counts=True)
    if data.id is not None and (again > 1).any():
        yield Finding(
            "rows", f"{int((again > 1).sum()):,} customers have several rows in one snapshot", "one row for each is meant"
        )


def _over_time(snapshots: list[Part]) -> Iterator[Finding]:
    silent = [part.name for part in snapshots if not part.churners]
    if silent and len(snapshots) > 1:
        advice = "outcomes may not be known yet: leave the target empty until they are"
        yield Finding("rows", f"nobody left in {', '.join(silent)}", advice)


def _column(values: "pd.Series[float]", name: str, kind: str) -> Iterator[Finding]:
    missing, known = float(values.isna().mean()), values.dropna()
    if known.empty:
        yield Finding(name, "no value at all", "leave it out: data.drop")
        return
    counts = known.value_counts()
    if len(counts) == 1 and not missing:
        yield Finding(name, f"{counts.index[0]} in every row", "it says nothing; leave it out: data.drop")
    elif len(counts) > 1 and counts.iloc[0] >= SAME * len(known):
        yield Finding(name, f"{counts.index[0]} in all but {len(known) - counts.iloc[0]:,} rows", "it can say little")
    if missing > MOSTLY:
        yield Finding(name, f"{missing:.0%} missing", "ask why; that it is missing is used as information")
    if kind == "category" and len(counts) > MANY_LEVELS:
        yield Finding(name, f"{len(counts):,} values", "group them, or leave it out if it is a name or an id")


def _codes(values: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return np.unique(values.astype(str), return_inverse=True)[1].astype(np.uint64)
