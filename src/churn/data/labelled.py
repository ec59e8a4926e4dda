"""All labelled rows of a workspace, and the split of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.contract.encode import as_text
from churn.data.conform import conform
from churn.data.dates import SLASHED, SNAPSHOT_FORMATS, to_date, with_days
from churn.data.outcome import target_labels
from churn.data.read import read_table, tables
from churn.data.words import Column, blank, by_value
from churn.errors import TableError
from churn.params import Data, Split

FEWEST_OF_A_CLASS = 10
RESERVED = ["label", "group", "snapshot"]


@dataclass(frozen=True)
class Labelled:
    """n customer rows with their outcomes.

    frame: (n, columns) conformed values of the declared columns. label: 1 where the customer left. group: hash that is
    equal for rows of one customer. snapshot: name of the snapshot a row belongs to; names sort in time.
    """

    frame: pd.DataFrame
    label: npt.NDArray[np.int64]
    group: npt.NDArray[np.uint64]
    snapshot: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.label)

    def where(self, mask: npt.NDArray[np.bool_]) -> "Labelled":
        """The rows that a mask of shape (n,) selects."""
        frame = self.frame[mask].reset_index(drop=True)
        return Labelled(frame, self.label[mask], self.group[mask], self.snapshot[mask])

    def save(self, path: Path) -> None:
        """Write as Parquet."""
        extra = pd.DataFrame(dict(zip(RESERVED, (self.label, self.group, self.snapshot), strict=True)))
        pd.concat([extra.add_prefix("__"), self.frame], axis=1).to_parquet(path, index=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The inverse of `save`."""
        table = pd.read_parquet(path)
        label, group, snapshot = (table.pop(f"__{name}").to_numpy() for name in RESERVED)
        return cls(table, label, group, snapshot)


def load(folder: Path, data: Data) -> Labelled:
    """Read every table of a folder. Rows whose outcome has not matured (no target) are left out."""
    return joined([labelled(path.stem, read_table(path, data.reading), data) for path in tables(folder)], folder, data)


def joined(parts: Sequence[Labelled], folder: Path, data: Data) -> Labelled:
    """The rows of all tables of a folder. Raises TableError where they have one outcome only."""
    whole = Labelled(
        pd.concat([part.frame for part in parts], ignore_index=True),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in RESERVED),
    )
    if len(np.unique(whole.label)) < 2:
        raise TableError(f"target '{data.target}' has only one class in {folder}; a model needs both")
    return whole


def split(rows: Labelled, policy: Split) -> tuple[Labelled, Labelled]:
    """Split into (train, test).

    Held-out customers are chosen by hash, so every model ever trained holds out the same ones. Test rows are
    theirs in the newest snapshots; train rows are everybody else's in the window that ends with the newest snapshot, or
    with the newest one that is `gap_days` older than the test rows. Either reaches back further until it has enough rows of
    both classes. Raises TableError when no snapshot is so old.
    """
    judging = held_out(rows, policy)
    order = in_time(rows.snapshot)
    test = newest(rows.where(judging), order, policy.test_snapshots, policy.test_rows)
    known = order if policy.gap_days == 0 else older(order, in_time(test.snapshot)[0], policy.gap_days)
    if not known:
        raise TableError(f"no snapshot is split.gap_days = {policy.gap_days} days older than the test rows")
    train = rows.where(~judging & np.isin(rows.snapshot.astype(str), known))
    return newest(train, known, policy.window, policy.train_rows), test


def held_out(rows: Labelled, policy: Split) -> npt.NDArray[np.bool_]:
    """Which rows belong to customers that no model ever learns from, shape (n,)."""
    return np.asarray(rows.group.astype(np.float64) / 2.0**64 < policy.holdout)


def in_time(snapshots: npt.NDArray[np.object_]) -> list[str]:
    """The names of snapshots, oldest first: as dates or numbers where they are, and before all of those as text.

    Text is in the order of a dictionary, but numbers in it by what they count: month 2 is before month 10.
    """
    names = sorted(np.unique(snapshots.astype(str)).tolist(), key=_as_counted)
    times = _times(pd.Series([name.removeprefix("feedback-") for name in names], dtype=object))
    return [names[place] for place in times.sort_values(na_position="first", kind="stable").index]


def _times(names: Column) -> Column:
    """By one reading for all where there is one; NaN for what is neither a date nor a number."""
    for formats in (SNAPSHOT_FORMATS, *SLASHED):
        days = [to_date(name, formats) for name in names]
        if all(days):
            return pd.Series([day.toordinal() for day in days if day], dtype=float)
    times = pd.to_numeric(names, errors="coerce")
    if times.notna().all():
        return times
    return pd.to_datetime(names, errors="coerce", format="mixed", utc=True).map(pd.Timestamp.timestamp, na_action="ignore")


def _as_counted(name: str) -> list[tuple[bool, int, str]]:
    """Runs of digits are numbers, which stand before letters."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(part[0] not in "0123456789", int(part) if part[0] in "0123456789" else 0, part) for part in parts]


def older(order: list[str], snapshot: str, days: int) -> list[str]:
    """Of snapshots in time, those at least so many days older than one of them; all older ones where names are no dates."""
    before = order[: order.index(snapshot)]
    day, *others = (to_date(name.removeprefix("feedback-"), SNAPSHOT_FORMATS) for name in (snapshot, *before))
    return [name for name, other in zip(before, others, strict=True) if not day or not other or (day - other).days >= days]


def newest(rows: Labelled, order: list[str], snapshots: int, enough: int) -> Labelled:
    """Rows of the newest snapshots: at least `snapshots` of them, and as many as `enough` rows of both classes take.

    order: every name, oldest first.
    """
    for count in range(snapshots, len(order) + 1):
        found = rows.where(np.isin(rows.snapshot.astype(str), order[-count:]))
        if len(found) >= enough and min(found.label.sum(), len(found) - found.label.sum()) >= FEWEST_OF_A_CLASS:
            return found
    return rows


def labelled(name: str, raw: pd.DataFrame, data: Data) -> Labelled:
    """The rows of one table whose outcome is known; `name` is its file's, without the extension."""
    return checked(name, _once(raw, data) if data.id in raw.columns else raw, data)[1]


def _once(raw: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Without rows that repeat another one of the same customer; people whom nobody named may be alike."""
    return raw[~(raw.duplicated() & named(raw, data))].reset_index(drop=True)


def named(raw: pd.DataFrame, data: Data) -> Column:
    """Which rows name their customer; all where customers have no ids."""
    return blank(raw[data.id], data.missing_words).notna() if data.id else pd.Series(True, index=raw.index)


def checked(name: str, raw: pd.DataFrame, data: Data) -> tuple[pd.DataFrame, Labelled]:
    """The rows whose outcome is known, as the table has them and as declared. Raises TableError where a value is not."""
    label = target_labels(raw, data)
    raw = raw[label.notna()].reset_index(drop=True)
    snapshot = _snapshots(name, raw, data)
    full = _with_optional(with_days(raw, data, snapshot), data)
    frame = conform(full, data.columns, data.missing_words, data.reading, data.spellings)
    return raw, Labelled(frame, label.dropna().to_numpy().astype(np.int64), _groups(raw, frame, data), snapshot)


def _with_optional(raw: pd.DataFrame, data: Data) -> pd.DataFrame:
    """A column that is not predicted from and that a table lacks is not known in it: predictions carry what the model reads."""
    return raw.assign(**{name: None for name in data.columns if name not in data.features and name not in raw.columns})


def _groups(raw: pd.DataFrame, frame: pd.DataFrame, data: Data) -> npt.NDArray[np.uint64]:
    """Hash of the customer id, or of the whole row where there is none, so that repeated rows stay together."""
    if data.id is None:
        return _hashed(frame.astype(str))
    if data.id not in raw.columns:
        raise TableError(f"id column '{data.id}' is absent; correct data.id in params.yaml")
    groups, nameless = _hashed(_texts(raw[data.id])), ~named(raw, data).to_numpy()
    groups[nameless] = _hashed(frame[nameless].astype(str))
    return groups


def _hashed(rows: "Column | pd.DataFrame") -> npt.NDArray[np.uint64]:
    return np.array(pd.util.hash_pandas_object(rows, index=False), dtype=np.uint64)


def _snapshots(name: str, raw: pd.DataFrame, data: Data) -> npt.NDArray[np.object_]:
    """The snapshot column, or the name of the file where none is declared."""
    if data.snapshot is None:
        return np.full(len(raw), name, dtype=object)
    if data.snapshot not in raw.columns:
        raise TableError(f"snapshot column '{data.snapshot}' is absent; correct data.snapshot in params.yaml")
    return _texts(raw[data.snapshot]).to_numpy(dtype=object)


def _texts(column: Column) -> Column:
    return by_value(column, as_text).fillna("nan")
