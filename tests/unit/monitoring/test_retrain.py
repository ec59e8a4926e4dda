from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from churn.store import Event
from monitoring.retrain import BEGUN, ENDED, Occasion, decide, last_training, learned_from, refusal, turn
from monitoring.verdict import Verdict
from support.policy import retraining

NOW = datetime(2026, 3, 1, tzinfo=UTC)
POLICY = retraining(
    outcomes=10_000, growth=1.0, days=90, cooldown_days=7, a_month=2, min_labels=300, backoff_days=10, longest_hours=12
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def begun(days: float, key: str | None = "version 3, 2026-01, drifted") -> Event:
    return Event(BEGUN, "", {"key": key}, ago(days))


def ended(days: float, promoted: bool = True, **more: Any) -> Event:
    return Event(ENDED, "", {"promoted": promoted, **more}, ago(days))


def occasion(
    state: Any = "drifted", retrain: bool = True, labels: int = 1000, trained: float = 30, learned: int | None = None
) -> Occasion:
    verdict = Verdict(state, (), "a moved.", "Retrain.", retrain)
    return Occasion("3", "2026-02", verdict, labels, ago(trained), learned)


def start(*history: Event, **changed: Any) -> bool:
    known = {name: changed.pop(name) for name in ("state", "retrain", "labels", "trained", "learned") if name in changed}
    return decide(history, occasion(**known), POLICY.model_copy(update=changed), NOW).start


def test_nothing_asks() -> None:
    """A steady window, few outcomes and a young model ask for nothing."""
    choice = decide([], occasion("steady", retrain=False), POLICY, NOW)
    assert (choice.trigger, choice.start) == (None, False)


@pytest.mark.parametrize(
    ("known", "trigger", "off"),
    [
        ({"state": "drifted"}, "drifted", {"drifted": False}),
        ({"state": "decayed"}, "decayed", {"decayed": False}),
        ({"state": "steady", "retrain": False, "labels": 10_000}, "outcomes", {"outcomes": None}),
        ({"state": "steady", "retrain": False, "labels": 500, "learned": 500}, "outcomes", {"growth": None}),
        ({"state": "steady", "retrain": False, "trained": 90}, "days", {"days": None}),
    ],
)
def test_each_trigger_starts_and_can_be_switched_off(known: dict[str, Any], trigger: str, off: dict[str, Any]) -> None:
    """Drift, decay, new outcomes and age each start a retraining, unless the policy switches them off."""
    choice = decide([], occasion(**known), POLICY, NOW)
    assert (choice.trigger, choice.start) == (trigger, True)
    assert not start(**known, **off)


def test_a_model_of_many_rows_waits_for_as_many_outcomes() -> None:
    """Outcomes that are few beside what the model learned from ask for nothing, nor where nobody knows how many it was."""
    assert not start(state="steady", retrain=False, labels=499, learned=500)
    assert not start(state="steady", retrain=False, labels=499)


def test_the_rows_that_a_version_learned_from() -> None:
    """They stand beside its registration; of an older program's nobody knows."""
    history = [Event("registered", "2", {}), Event("registered", "3", {"learned_from": 500})]
    assert [learned_from(history, version) for version in "234"] == [None, 500, None]


def test_drift_that_moves_no_score_asks_for_nothing() -> None:
    """A drift that is not to be acted on starts nothing."""
    assert not start(retrain=False)


def test_a_broken_feed_holds_back() -> None:
    """While the feed is broken even an old model is not trained."""
    choice = decide([], occasion("broken", retrain=False, trained=400), POLICY, NOW)
    assert (choice.trigger, choice.held) == ("days", "the feed is broken")


def test_few_labels_hold_back() -> None:
    """Without enough new matured outcomes there is nothing to learn from."""
    assert not start(labels=299)
    assert start(labels=300)


def test_one_at_a_time() -> None:
    """While one is running no other starts; one that never ended is taken for dead after some hours."""
    assert not start(begun(0.4), cooldown_days=0)
    assert start(begun(0.6), cooldown_days=0)


def test_cooldown() -> None:
    """After a retraining none starts for some days, whatever the process that looks has seen."""
    assert not start(begun(6.9), ended(6.8))
    assert start(begun(7), ended(6.9))


def test_cap() -> None:
    """No more than so many begin in thirty days."""
    twice = [begun(25), ended(25), begun(10), ended(10)]
    assert not start(*twice)
    assert start(*twice, a_month=3)
    assert start(begun(31), ended(31), *twice[2:])


@pytest.mark.parametrize(("losses", "wait"), [(1, 10), (2, 20), (3, 40)])
def test_back_off(losses: int, wait: int) -> None:
    """After each challenger that lost in a row the wait doubles; a win ends it."""
    lost = [line for _ in range(losses - 1) for line in (begun(200), ended(200, promoted=False))]
    for days, expected in ((wait - 1, False), (wait + 1, True)):
        last = [begun(days), ended(days, promoted=False)]
        assert start(*lost, *last) is expected
    assert start(*lost, begun(8), ended(8, promoted=True))


def test_routine_does_not_hold_back_an_answer() -> None:
    """Challengers that were trained because of age and lost hold back the next of age, and none that answers a change."""
    lost = [begun(5, "version 3, 2026-01, days"), ended(5, promoted=False)]
    assert start(*lost, state="decayed")
    assert not start(*lost, state="steady", retrain=False, trained=100)


def test_a_challenger_that_is_approved_later_has_won() -> None:
    """It did not lose because a person took time; until then it holds back the next, and afterwards it counts as a win."""
    waited = [begun(8), Event("retrained", "4", {}, ago(8)), ended(8, promoted=False)]
    assert not start(*waited)
    assert start(*waited, Event("promoted", "4", {}, ago(6)))
    assert not start(*waited, Event("promoted", "3", {}, ago(6)))


def test_the_same_event_twice() -> None:
    """A key that was answered is refused, whenever it comes again; another key is not."""
    history = [begun(50, "version 3, 2026-01, drifted"), ended(50)]
    assert refusal(history, "version 3, 2026-01, drifted", POLICY, NOW)
    assert refusal(history, "version 3, 2026-02, drifted", POLICY, NOW) is None


def test_a_failed_answer_is_no_answer() -> None:
    """A key whose retraining failed is answered again, once the back-off has passed."""
    history = [begun(50, "k"), ended(50, promoted=False, failed="StageFailed")]
    assert refusal(history, "k", POLICY, NOW) is None
    assert refusal([begun(5, "k"), ended(5, promoted=False, failed="StageFailed")], "k", POLICY, NOW)


def test_a_killed_answer_is_no_answer() -> None:
    """A key whose retraining neither ended nor can still be running is answered again; what ended later was another."""
    assert refusal([begun(0.1, "k")], "k", POLICY, NOW) == "k has been answered"
    assert refusal([begun(5, "k")], "k", POLICY, NOW) is None
    assert refusal([begun(80, "k"), begun(70, "other"), ended(70)], "k", POLICY, NOW) is None


def test_events_without_a_key_meet_the_guards() -> None:
    """An event that names no key is held back by the cooldown like any other."""
    assert refusal([begun(1, ""), ended(1)], "", POLICY, NOW)
    assert refusal([], "", POLICY, NOW) is None


def test_a_person_waits_for_nothing_but_a_running_one() -> None:
    """A person who asks is not held back by cooldown, cap or back-off."""
    assert refusal([begun(1), ended(1, promoted=False)], None, POLICY, NOW) is None
    assert refusal([begun(0.1)], None, POLICY, NOW) == "another retraining is running"


def test_turns() -> None:
    """Two that look at the same history want the same turn; after it has begun the next one is another."""
    assert turn([]) == turn([ended(3)]) != turn([begun(3)])


def test_last_training() -> None:
    """A model was last trained when its version was registered or a challenger of it was begun."""
    registered = Event("registered", "3", {}, ago(50))
    assert last_training([], "3", POLICY, NOW) is None
    assert last_training([Event("registered", "2", {}, ago(80)), registered], "3", POLICY, NOW) == ago(50)
    assert last_training([registered, begun(20), ended(20, promoted=False)], "3", POLICY, NOW) == ago(20)
    failed = [registered, begun(20), ended(20, promoted=False, failed="StageFailed")]
    assert last_training(failed, "3", POLICY, NOW) == ago(50)
    assert last_training([registered, begun(20)], "3", POLICY, NOW) == ago(50)
    assert last_training([registered, begun(0.1)], "3", POLICY, NOW) == ago(0.1)
