"""The figures of delivery, from a history that was lived through by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from churn.store import Event
from monitoring.dora import dora
from monitoring.incidents import CLOSED, OPENED

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def ago(days):
    return NOW - timedelta(days=days)


def line(kind, version, days, **detail):
    return Event(kind, version, detail, ago(days))


HISTORY = [
    line("registered", "1", 70, changed=ago(72).isoformat()),
    line("promoted", "1", 70, before=None),
    line("registered", "2", 30, changed=ago(34).isoformat()),
    line("promoted", "2", 30, before="1"),
    line(OPENED, "2", 29.5, incident=1),
    line("rolled back", "1", 29, before="2"),
    line(CLOSED, "1", 27.5, incident=1),
    line("registered", "3", 20),
    line("undone", "3", 19, before="1"),
    line("registered", "4", 10, changed=ago(16).isoformat()),
    line("promoted", "4", 10, before="1"),
]


def figures(history=HISTORY, days=90):
    return {one.name: one for one in dora(history, NOW, days)}


def test_every_figure_is_what_its_definition_says():
    """Three promotions in ten weeks; leads of 2, 4 and 6 days; two of four failed; 1 and 2 days to restore."""
    found = figures()
    assert found["deployment frequency"].value == pytest.approx(0.3)
    assert found["lead time for changes"].value == pytest.approx(4 * 86400)
    assert found["change failure rate"].value == 0.5
    assert found["time to restore"].value == pytest.approx(1.5 * 86400)
    assert [one.count for one in found.values()] == [3, 3, 4, 2]
    assert [str(one) for one in found.values()] == ["0.3 a week", "4.0 days", "50%", "36.0 hours"]


def test_only_the_last_days_count():
    """In the last 15 days there was one promotion, after six days, and nothing failed."""
    found = figures(days=15)
    assert [str(one) for one in found.values()] == ["0.47 a week", "6.0 days", "0%", "none yet"]


def test_before_anything_happened():
    """An empty history has no figure."""
    assert [str(one) for one in dora([], NOW)] == ["none yet"] * 4
    assert all(one.definition.endswith(".") for one in dora([], NOW))


def test_without_a_commit_the_registration_counts():
    """Where nobody knows when the change was made, the lead time begins with the registration."""
    found = figures([line("registered", "1", 3), line("promoted", "1", 1)])
    assert found["lead time for changes"].value == pytest.approx(2 * 86400)
