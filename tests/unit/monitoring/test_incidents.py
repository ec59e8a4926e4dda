"""One alert and one closing message for each incident."""

from typing import Any

import pytest

from churn.store import Event
from monitoring.incidents import ALERTED, CLOSED, OPENED, follow, standing, unsent
from monitoring.verdict import State, Verdict


def verdict(state: State, retrain: bool = True) -> Verdict:
    return Verdict(state, (), f"{state} it is.", "Act.", retrain)


def live(*states: Any, version: str = "1", history: list[Event] | None = None) -> list[Event]:
    """The history after windows with these verdicts."""
    lines = list(history or [])
    for number, state in enumerate(states, 1):
        found = state if isinstance(state, Verdict) else verdict(state)
        lines += follow(lines, found, f"2026-{number:02d}", version)
    return lines


def kinds(lines: list[Event]) -> list[str]:
    return [line.kind for line in lines]


@pytest.mark.parametrize("state", ["broken", "drifted", "decayed"])
def test_one_incident_however_many_windows(state: State) -> None:
    """Three windows out of order are one incident, and the first in order closes it."""
    assert kinds(live(state, state, state)) == [OPENED]
    assert kinds(live(state, state, state, "steady", "steady")) == [OPENED, CLOSED]


def test_what_says_nothing_closes_nothing() -> None:
    """Too few customers, or one odd window, end no incident; for a feed an odd window of customers is in order."""
    assert kinds(live("decayed", "insufficient", "suspected")) == [OPENED]
    assert kinds(live("broken", "insufficient")) == [OPENED]
    assert kinds(live("broken", "suspected")) == [OPENED, CLOSED]


def test_quiet_windows_open_nothing() -> None:
    """Steady, odd and small windows, and a drift that moves no score, are no incident."""
    assert live("steady", "suspected", "insufficient", verdict("drifted", retrain=False)) == []


def test_a_graver_finding_is_another_incident() -> None:
    """Decay after drift is told; drift after decay is not; a repaired feed may leave a decayed model."""
    assert [line.detail["state"] for line in live("drifted", "decayed", "drifted")] == ["drifted", "decayed"]
    assert kinds(live("broken", "decayed")) == [OPENED, CLOSED, OPENED]


def test_a_new_version_ends_what_was_wrong_with_the_old_one() -> None:
    """The next window of the new version closes it, unless the feed is broken."""
    after = live("steady", version="2", history=live("decayed"))
    assert after[-1].detail["reason"] == "Version 2 has taken over from version 1."
    assert kinds(live("broken", version="2", history=live("broken"))) == [OPENED]


def test_the_open_incident_can_be_read_from_the_history() -> None:
    """With its number, its first window and its evidence; none once it is closed."""
    found = standing(live("steady", "drifted", "drifted"))
    assert found is not None
    assert (found.number, found.snapshot, found.evidence) == (1, "2026-02", "drifted it is.")
    assert standing(live("drifted", "steady")) is None


def sent(history: list[Event], to: str = "me") -> list[Event]:
    """After everything that is due got through."""
    return [*history, *(Event(ALERTED, "", {"incident": m.incident, "about": m.about, "to": to}) for m in unsent(history, to))]


def test_each_message_is_due_once() -> None:
    """An alert when it opens, a closing message when it closes, to each place, and nothing in between."""
    history = live("decayed")
    assert [message.about for message in unsent(history, "me")] == [OPENED]
    history = live("decayed", history=sent(history))
    assert unsent(history, "me") == []
    assert [message.about for message in unsent(history, "you")] == [OPENED]
    closed = live("steady", history=history)
    assert [(message.about, message.title) for message in unsent(closed, "me")] == [(CLOSED, "Incident 1 is over in 2026-01")]
    assert unsent(sent(closed), "me") == []


def test_what_is_over_unheard_stays_unheard() -> None:
    """Who was never alerted gets no closing message, and no alert of an incident that is over."""
    assert unsent(live("decayed", "steady"), "me") == []


def test_the_alert_says_what_and_since_when() -> None:
    """The title names the finding, the window and the version; the body is evidence and advice."""
    (message,) = unsent(live("steady", "broken"), "me")
    assert message.title == "Since 2026-02 the feed is broken (version 1)"
    assert message.body == "broken it is. Act."
