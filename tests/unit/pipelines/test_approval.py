"""A person's answer: asked for once, given once, and a no if nobody gives it."""

import dataclasses
from datetime import timedelta

import pytest

from churn.errors import ApprovalRefused, DeploymentUnderWay
from churn.store import Store
from churn.store.tables import now
from pipelines.deployment.approval import APPROVED, ASKED, DECLINED, answer, approve
from pipelines.deployment.attempts import BEGUN, ENDED, next_number, under_way
from pipelines.deployment.gate import OVERRIDDEN
from pipelines.deployment.trial import Trial
from support.quick import with_knobs

TRIAL = Trial(1, "7", "6", {"bundle": "b", "data": "d", "commit": "c"})


@pytest.fixture
def log(tmp_path, template, monkeypatch):
    """The store of a workspace whose policy asks a person, with an attempt under way."""
    (tmp_path / "params.yaml").write_text(with_knobs(template.read_text(), deployment={"approval": "human"}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHURN_STATE", str(tmp_path / "state"))
    (tmp_path / "state").mkdir()
    log = Store(f"sqlite:///{tmp_path / 'state' / 'store.db'}")
    log.create()
    log.take_turn("deployment 1", TRIAL.line(BEGUN, before="6"))
    yield log
    log.close()


def kinds(log):
    return [line.kind for line in log.history()]


def test_it_waits_until_somebody_answers(log):
    """Asked twice it waits twice, and one line says until when."""
    assert approve.fn(TRIAL).waits
    assert approve.fn(TRIAL).waits
    assert kinds(log) == [BEGUN, ASKED]
    assert under_way(log.history()).waiting(now())
    assert not under_way(log.history()).waiting(now() + timedelta(hours=49))


@pytest.mark.parametrize(("yes", "kind"), [(True, APPROVED), (False, DECLINED)])
def test_an_answer_is_kept_with_who_and_why(log, yes, kind):
    """Yes lets the next step begin, no does not; the line holds the facts of the attempt."""
    approve.fn(TRIAL)
    answer(log, "7", yes=yes, reason="  as agreed ", who="Ada")
    found = approve.fn(TRIAL)
    assert (found.passed, found.waits, found.reason) == (yes, False, f"{kind} by Ada: as agreed")
    line = log.history()[-1]
    assert (line.kind, line.who, line.detail) == (kind, "Ada", TRIAL.made_of | {"attempt": 1, "reason": "as agreed"})


def test_the_first_answer_counts(log):
    """Nobody can answer again, nor without a reason, nor for another version, nor before anything was asked."""
    with pytest.raises(ApprovalRefused, match="does not wait"):
        answer(log, "7", yes=True, reason="early", who="Ada")
    approve.fn(TRIAL)
    with pytest.raises(ApprovalRefused, match="give a reason"):
        answer(log, "7", yes=True, reason=" ", who="Ada")
    with pytest.raises(ApprovalRefused, match="version 8 does not wait"):
        answer(log, "8", yes=True, reason="wrong one", who="Ada")
    answer(log, "7", yes=False, reason="no", who="Ada")
    with pytest.raises(ApprovalRefused, match="does not wait"):
        answer(log, "7", yes=True, reason="yes", who="Bob")
    assert not approve.fn(TRIAL).passed


def test_nobody_s_answer_is_a_no(log, tmp_path, template):
    """Once the time is over it is declined, and an answer comes too late."""
    knobs = {"approval": "human", "approval_hours": 1e-9}
    (tmp_path / "params.yaml").write_text(with_knobs(template.read_text(), deployment=knobs))
    first = approve.fn(TRIAL)
    found = first if not first.waits else approve.fn(TRIAL)
    assert (found.passed, found.waits) == (False, False)
    assert "nobody answered within 1e-09 hours" in found.reason
    with pytest.raises(ApprovalRefused):
        answer(log, "7", yes=True, reason="late", who="Ada")


def test_whoever_overrules_the_gate_approves(log):
    """Nobody is asked a second time."""
    TRIAL.note(log, OVERRIDDEN, reason="a planned change")
    assert approve.fn(dataclasses.replace(TRIAL, override="a planned change")).passed
    assert ASKED not in kinds(log)


def test_attempts_are_counted_and_end(log):
    """The next attempt has the next number, and one that has ended is not under way."""
    assert next_number(log.history()) == 2
    TRIAL.note(log, ENDED, promoted=False, reason="refused")
    assert under_way(log.history()) is None


def test_one_of_two_deploys(log):
    """While one holds the lock another is told so in one line; afterwards it is free."""
    with log.alone("deployment"):
        with pytest.raises(DeploymentUnderWay, match="another deployment is running"), log.alone("deployment"):
            pass
        with log.alone("something else"):
            pass
    with log.alone("deployment"):
        pass
