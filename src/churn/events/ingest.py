"""Events of a source into a store of their own, sorted by time, once: what was read before is not read again."""

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from churn.events import ledger as ledgers
from churn.events.database import Connection, explained, listed, name, value
from churn.events.ledger import Ledger, Part
from churn.events.query import fetch
from churn.events.typed import files, typed
from churn.params.events import CUSTOMER, TIME, Source

Progress = Callable[[list[Any], str], Iterable[Any]]
MONTH = "__month"
READING = 2  # of `typed`: what was read by another one is read anew


def ingest(
    connection: Connection, key: str, source: Source, folder: Path, missing: Collection[str], progress: Progress
) -> Ledger:
    """Bring the store of a source up to its files, or up to what its query finds now. Returns the new ledger.

    New files are added; a changed or absent one means that all are read anew. The ledger is replaced last, at once, so a run
    that is killed leaves the store as it was. A month whose events are the same keeps its file, whatever was read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _beside(folder) as new:
        found = files(source.table) if source.table else fetch(source.url or "", source.query or "", new / "queried")
        seen = {str(file.absolute()): _state(file) for file in found} if source.table else {}
        kept = ledgers.read(folder, _declaration(source, missing))
        if kept.files == seen and seen:
            return kept
        grown = bool(kept.files) and all(seen.get(file) == state for file, state in kept.files.items())
        before = kept if grown else Ledger(kept.declaration)
        fresh = [file for file in found if str(file.absolute()) not in before.files]
        nobody = before.nobody
        for place, file in enumerate(progress(fresh, f"{key}: read")):
            with explained(f"{key}: {file}"):
                nobody += _spread(connection, typed(connection, source, file, missing), new / f"{place:06}")
        after = _sorted(connection, before, folder, new, lambda months: progress(months, f"{key}: sort by time"))
        whole = Ledger(kept.declaration, seen, after, *_ends(connection, folder, after), nobody)
        ledgers.write(folder, whole)
    return whole


def _spread(connection: Connection, rows: str, into: Path) -> int:
    """Write the rows of a file by month; returns how many have no customer or no time."""
    whole = f"{CUSTOMER} IS NOT NULL AND {TIME} IS NOT NULL"
    into.mkdir(parents=True)
    month = f"CASE WHEN {whole} THEN strftime({TIME}, '%Y-%m') ELSE 'none' END AS {MONTH}"
    connection.execute(f"COPY (SELECT *, {month} FROM ({rows})) TO {value(into)} (FORMAT parquet, PARTITION_BY ({MONTH}))")
    passed = into / f"{MONTH}=none"
    if not passed.is_dir():
        return 0
    nobody = connection.execute(f"SELECT count(*) FROM {_all(passed)}").fetchall()[0][0]
    shutil.rmtree(passed)
    return int(nobody)


def _sorted(
    connection: Connection, before: Ledger, folder: Path, new: Path, progress: Callable[[list[str]], Iterable[str]]
) -> dict[str, Part]:
    """The parts after the new rows have been sorted into their months."""
    parts = dict(before.parts)
    months = sorted({path.name.partition("=")[2] for path in new.glob(f"*/{MONTH}=*")})
    for month in progress(months):
        old = [str(folder / parts[month].file)] if month in parts else []
        rows = f"read_parquet({listed([*old, *_files_of(new, month)])}, hive_partitioning = false, union_by_name = true)"
        columns = connection.sql(f"SELECT * FROM {rows}").columns
        order = ", ".join(map(name, [TIME, CUSTOMER, *columns]))
        beside = new / f"{month}.parquet"
        ordered = f"COPY (SELECT * FROM {rows} ORDER BY {order}) TO {value(beside)} (FORMAT parquet, COMPRESSION zstd)"
        count = connection.execute(ordered).fetchall()[0][0]
        parts[month] = Part(ledgers.named_by_content(beside, month), count)
    return parts


def _files_of(new: Path, month: str) -> Iterator[str]:
    return (str(path) for path in sorted(new.glob(f"*/{MONTH}={month}/*.parquet")))


def _all(folder: Path) -> str:
    return f"read_parquet({value(folder / '*.parquet')}, hive_partitioning = false)"


def _ends(connection: Connection, folder: Path, parts: dict[str, Part]) -> tuple[Any, Any]:
    """The times of the oldest and the newest event; they stand in the first and the last month."""
    if not parts:
        return None, None
    ends = [str(folder / parts[month].file) for month in (min(parts), max(parts))]
    first, last = connection.execute(f"SELECT min({TIME}), max({TIME}) FROM read_parquet({listed(ends)})").fetchall()[0]
    return first, last


def _state(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns


def _declaration(source: Source, missing: Collection[str]) -> str:
    """Hash of what the rows in the store depend on, besides the files."""
    said = source.model_dump(mode="json", exclude={"features"}) | {"missing": sorted(missing), "reading": READING}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """An empty folder for what is not ready yet."""
    new = folder / "new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)
