"""One customer on one date: each feature, and the events behind it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from churn.events.assemble import Part, assemble
from churn.events.cut import DAY
from churn.events.database import Connection, explained, value
from churn.events.task import Task
from churn.params.events import CUSTOMER, KNOWN, TIME


class Event(NamedTuple):
    """source: its name. values: of the declared columns."""

    source: str
    time: datetime
    known: datetime
    values: dict[str, Any]


class Value(NamedTuple):
    """A feature. events: the positions in time, from 1, of the events in its window."""

    feature: str
    value: Any
    events: list[int]


def look_up(connection: Connection, task: Task, customer: str, day: date) -> tuple[list[Value], list[Event]]:
    """The features of a customer as a snapshot of the date has them, and all events that any of them is made of."""
    with explained(f"features of {customer}"):
        parts = assemble(connection, task, day, customer)
        row = connection.execute("SELECT * FROM customers").fetchall()[0][1:]
        events = sorted(_events(connection, task, parts, customer, day), key=lambda event: (event.time, event.source))
    found = [(part, one) for part in parts for one in part.features]
    return [
        Value(one.name, told, _behind(events, part, one.days, day)) for (part, one), told in zip(found, row, strict=True)
    ], events


def _events(connection: Connection, task: Task, parts: list[Part], customer: str, day: date) -> Iterator[Event]:
    for key, store in task.stores.items():
        days = max((one.days for part in parts if key in part.of for one in part.features), default=0)
        if days:
            cut = f"SELECT * FROM ({store.cut(day, days)}) WHERE {CUSTOMER} = {value(customer)}"
            columns = connection.sql(cut).columns
            for cells in connection.execute(f"{cut} ORDER BY ALL").fetchall():
                said = dict(zip(columns, cells, strict=True))
                yield Event(
                    key, said.pop(TIME), said.pop(KNOWN), {name: cell for name, cell in said.items() if name != CUSTOMER}
                )


def _behind(events: list[Event], part: Part, days: int, day: date) -> list[int]:
    first = datetime.combine(day + DAY - timedelta(days=days), datetime.min.time())
    return [place for place, event in enumerate(events, 1) if event.source in part.of and event.time >= first]
