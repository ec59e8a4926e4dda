"""What the store tells of a challenger beside the champion."""

from datetime import UTC, datetime, timedelta

import pytest

from churn.rollout.shadow import Compared
from churn.store import ChallengerScore, Outcome, Prediction, Store
from churn.store.tried import Sums

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(number, version, probability, latency=0.01, withheld=None, seconds=1):
    """A prediction so many seconds after the beginning, whose id begins with its time as the server's does."""
    moment = BEGAN + timedelta(seconds=seconds)
    stamp = f"{int(moment.timestamp() * 1000):012x}"
    identity = f"{stamp[:8]}-{stamp[8:]}-7000-8000-{number:012}"
    contact = probability > 0.5 and withheld is None
    return Prediction(
        identity, moment, "2026-03", f"C{number}", {"x": number}, probability, contact, version, "d", latency, withheld
    )


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.create()
    yield store
    store.close()


def test_sums_are_of_what_was_answered_since_the_beginning(store):
    """By version: how many, sums of scores and squares, late answers, and losses where the outcome is known, the newest one."""
    early = made(0, "1", 0.9, seconds=-1)
    ours, theirs = [made(1, "1", 0.5, 0.3), made(2, "1", 0.1)], [made(3, "2", 0.75)]
    store.log([early, *ours, *theirs])
    store.add_outcomes([Outcome(theirs[0].id, False), Outcome(early.id, True)])
    store.add_outcomes([Outcome(theirs[0].id, True)])
    found = store.tried.sums(BEGAN, late=0.1)
    assert found["1"] == pytest.approx(Sums(2, 0.6, 0.26, 1, 0, 0.0, 0.0))
    assert found["2"] == pytest.approx(Sums(1, 0.75, 0.5625, 0, 1, 0.0625, 0.0625**2))
    assert store.tried.answered("2", BEGAN) == 2


def test_both_scores_of_a_row_stand_side_by_side(store):
    """With the outcome if it is known, and with what the champion would have recommended to the control group."""
    rows = [made(1, "1", 0.9), made(2, "1", 0.8, withheld=True), made(3, "1", 0.2)]
    store.log(rows)
    store.add_outcomes([Outcome(rows[0].id, True)])
    store.log_challenger(
        [
            ChallengerScore(rows[0].id, BEGAN, "2", "shadow", 0.7, True, 0.001),
            ChallengerScore(rows[1].id, BEGAN, "2", "shadow", 0.6, True, 0.002),
            ChallengerScore(rows[2].id, BEGAN, "2", "shadow", seconds=0.5, error="broken"),
            ChallengerScore(rows[2].id, BEGAN - timedelta(seconds=1), "2", "shadow", 0.1, False, 0.1),
            ChallengerScore(None, BEGAN, "2", "canary", error="broken"),
            ChallengerScore(rows[2].id, BEGAN, "3", "shadow", 0.1, False, 0.1),
        ]
    )
    assert [Compared(*row) for row in store.tried.compared("2", BEGAN)] == [
        Compared(0.9, True, 0.7, True, 0.001, None, True),
        Compared(0.8, True, 0.6, True, 0.002, None, None),
        Compared(0.2, False, None, None, 0.5, "broken", None),
    ]
    assert (store.tried.scored("2", "shadow", BEGAN), store.tried.scored("2", "canary", BEGAN)) == (3, 1)


def test_the_shadow_is_given_what_came_after(store):
    """Oldest first, no more than it asks for, and none of the challenger's own."""
    assert store.tried.newest() == ""
    rows = [made(number, "2" if number == 2 else "1", 0.5) for number in range(5)]
    store.log(rows)
    assert store.tried.newest() == rows[4].id
    assert [row.id for row in store.tried.after(rows[0].id, "2", 2)] == [rows[1].id, rows[3].id]
    assert [(row.customer, row.features) for row in store.tried.after(rows[3].id, "2", 9)] == [("C4", {"x": 4})]
