"""`churn history`: what happened to the model, and which version answered on a day."""

from datetime import UTC, date, datetime
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from churn.errors import NoModel

if TYPE_CHECKING:
    from churn.history import Reign
    from churn.store import Event

HEAD = ("time (UTC)", "what", "version", "by", "data", "commit", "why")
WIDTHS = (17, 17, 8, 10, 9, 9)
WORDS = 100  # letters of a reason, of which several lines in a row often tell the same


@click.command()
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Only which version answered on this day.")
@click.option("--full", is_flag=True, help="Whole reasons, however long.")
def history(day: datetime | None, full: bool) -> None:
    """What happened to the model: when, by whom, why, on which data and code. Fails if a past line was altered."""
    from churn import settings  # noqa: PLC0415
    from churn.store import Store  # noqa: PLC0415

    log = Store(settings.load().store_url)
    log.create()
    lines = log.history()
    for text in _answered(lines, day.date()) if day else _table(lines, None if full else WORDS):
        click.echo(text)
    log.check_history()


def _table(lines: "list[Event]", words: int | None) -> list[str]:
    return [_columns(HEAD), *(_columns(_cells(line, words)) for line in lines)]


def _columns(cells: tuple[str, ...]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=False)]
    return " ".join([*padded, cells[-1]]).rstrip()


def _cells(line: "Event", words: int | None) -> tuple[str, ...]:
    told = line.detail
    why = str(told.get("reason") or told.get("evidence") or told.get("failed") or "")
    why = shorten(why, words, placeholder=" ...") if words else why
    data, commit = str(told.get("data", ""))[:8], str(told.get("commit", ""))[:8]
    return f"{line.time.astimezone(UTC):%Y-%m-%d %H:%M}", line.kind, line.version, line.who, data, commit, why


def _answered(lines: "list[Event]", day: date) -> list[str]:
    from churn.history import on  # noqa: PLC0415

    found = on(lines, day)
    if not found:
        raise NoModel(f"no version was champion on {day}; see `churn history`")
    return [_reign(one) for one in found]


def _reign(one: "Reign") -> str:
    until = f"{one.until:%Y-%m-%d %H:%M} UTC" if one.until else "now"
    told = one.line.detail
    made = ", ".join(f"{name} {told[name]}" for name in ("bundle", "data", "commit") if told.get(name))
    since = f"{one.since:%Y-%m-%d %H:%M} UTC"
    return f"version {one.version}, champion from {since} until {until}: {made or 'made of what is not known'}"
