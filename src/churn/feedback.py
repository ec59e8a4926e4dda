"""Predictions whose outcome has arrived become labelled snapshots in data/."""

import hashlib
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from churn.data.outcome import written
from churn.params import Data, Reading
from churn.store import Store
from churn.store.stream import Tally
from churn.store.tables import now

LONGEST = 100


def matured(of: Tally, share: float, horizon_days: int) -> bool:
    """Whether the outcomes of a snapshot may be learned from: once nearly all are known, or the horizon has passed.

    Who leaves is known first, so the outcomes of a running snapshot are mostly those of customers who left; when the horizon
    has passed, of customers who stayed something must have been reported too.
    """
    passed = of.newest is not None and now() - of.newest > timedelta(days=horizon_days)
    return of.known > 0 and ((passed and of.stayed > 0) or of.known >= share * of.rows)


def ripe(store: Store, snapshots: Collection[str], *, share: float, horizon_days: int) -> list[str]:
    """Those of some snapshots whose outcomes have matured."""
    return [name for name in snapshots if matured(store.tally(name), share, horizon_days)]


def write(
    store: Store, data: Data, folder: Path, *, share: float, horizon_days: int, without: Collection[str] = ()
) -> list[Path]:
    """Write one CSV for each matured snapshot, and only those that changed. Returns the paths written.

    without: snapshots of broken feeds, which nobody may learn from; a file that one of them has already is deleted.
    """
    written = []
    for snapshot in store.snapshots():
        path = folder / f"{file_of(snapshot)}.csv"
        if snapshot in without:
            path.unlink(missing_ok=True)
            continue
        if matured(store.tally(snapshot), share, horizon_days):
            rows = [row for row in store.window(snapshot) if row["churned"] is not None]
            text = as_table(rows, data).to_csv(index=False, lineterminator="\n", sep=data.reading.delimiter)
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                written.append(path)
    return written


def broken(store: Store) -> set[str]:
    """Names of the snapshots whose feed monitoring last called broken, in the window of any version."""
    return {window.snapshot for window in store.windows() if window.verdict == "broken"}


def as_table(rows: list[dict[str, Any]], data: Data) -> pd.DataFrame:
    """Customer rows as they were received, each customer's newest, with the target column."""
    records = [_record(row, data) for row in rows]
    newest = {record[data.id]: record for record in records}.values() if data.id else records
    return pd.DataFrame(list(newest))


def file_of(snapshot: str) -> str:
    """The name of the file with the outcomes of a snapshot, without its suffix.

    A snapshot is named by whoever asks for a prediction, so its name must neither leave the folder nor be too long.
    """
    name = quote(snapshot, safe="")
    short = name if len(name) <= LONGEST else f"{name[:LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return f"feedback-{short}"


def _record(row: dict[str, Any], data: Data) -> dict[str, Any]:
    record = {name: _cell(row["features"].get(name), name, data.reading) for name in data.columns}
    if data.id:
        record[data.id] = row["customer"] or row["id"]
    if data.snapshot:
        record[data.snapshot] = row["snapshot"]
    record[data.target] = written(row["churned"], data)
    return record


def _cell(value: Any, column: str, reading: Reading) -> Any:
    """A value as the other files in data/ write it."""
    return repr(value).replace(".", ",") if isinstance(value, float) and reading.sign(column) == "," else value
