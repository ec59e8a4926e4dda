"""What `churn features` says of one customer."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from churn.errors import TableError
from churn.events.ingest import Progress
from churn.events.lookup import look_up
from churn.workspace.complete import Draft
from churn.workspace.snapshots import PARAMS, prepared


def features(customer: str, day: date, progress: Progress) -> Iterator[str]:
    """What a snapshot of a date has of a customer, and the events behind each value. Raises TableError where there are none."""
    with prepared(Draft(PARAMS), progress) as (connection, task):
        found, events = look_up(connection, task, customer, day)
    if not events:
        raise TableError(f"no event of customer '{customer}' was known on {day} and lies within the declared windows")
    width = max(len(one.feature) for one in found)
    for one in found:
        yield f"{one.feature.ljust(width)}  {_shown(one.value):>12}  of {_places(one.events)}"
    for place, event in enumerate(events, 1):
        late = f", known at {event.known}" if event.known > event.time else ""
        values = "".join(f"  {name} {_shown(value)}" for name, value in event.values.items())
        yield f"{place:>4}  {event.time}  {event.source}{late}{values}"


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _places(events: list[int]) -> str:
    """Positions in short: 2-5, 8."""
    runs: list[list[int]] = []
    for place in events:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs) or "no event"
