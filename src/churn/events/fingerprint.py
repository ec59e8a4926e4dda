"""What a snapshot depends on, as one hash: while it stays the same, the snapshot is left alone.

It covers the declaration, the user's own code, this package, the version of DuckDB, whether the outcomes are mature, and the
content of the months that the windows and the horizon reach into.
"""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import duckdb

from churn.events import outcome
from churn.events.own import code
from churn.events.task import Task


def fingerprint(task: Task, day: date) -> str:
    """sha256 of all that the snapshot of a date is made of."""
    events = task.events
    said = {
        "day": day.isoformat(),
        "events": events.model_dump(mode="json", exclude={"snapshots": {"first", "every_days", "arrives_within_days"}}),
        "horizon": task.horizon,
        "missing": task.missing,
        "mature": task.mature(day),
        "months": {key: _months(task, key, day) for key in task.stores},
        "duckdb": duckdb.__version__,
    }
    found = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for text in [*(code(one) for one in events.own.values()), *(path.read_bytes() for path in _ours())]:
        found.update(hashlib.sha256(text).digest())
    return found.hexdigest()


def _months(task: Task, key: str, day: date) -> list[str]:
    """Names of the files that the snapshot reads of a source; they follow from their content."""
    store, events = task.stores[key], task.events
    days = [one.days for one in events.own.values() if key in one.of]
    days += [store.source.features.lookback] if store.source.features else []
    first, last = day - timedelta(days=max(days, default=1)), day
    if key in events.active:
        first = min(first, outcome.earliest(events, day))
        last = day + timedelta(days=events.told_after(task.horizon) if task.mature(day) else 0)
    return store.files(first, last)


def _ours() -> list[Path]:
    return sorted(Path(__file__).parent.glob("*.py"))
