"""The follower's side of a challenger: the registry, two files, and the process that scores in the shadow."""

from types import SimpleNamespace

import pytest

from churn.errors import RegistryUnavailable
from churn.params import ErrorRule
from churn.rollout.plan import Plan
from churn.store.tried import Kept
from serving.challenger.follow import ChallengerFollower
from serving.challenger.pointer import TARGET, WITHDRAWN, Target, Withdrawal, read_target, write
from serving.challenger.shadow import Shadow

RULE = ErrorRule(good=0.001, bad=0.05, false_alarm=0.001, missed=0.05)
PLAN = Plan(mode="shadow", share=1, slow_seconds=0.2, errors=RULE, most_per_second=20)


class FakeRegistry:
    """`version` is the challenger with `plan`; it remembers being dismissed, and fails while `down`."""

    def __init__(self):
        self.version, self.plan, self.down, self.dismissed = None, PLAN, False, []

    def challenger(self):
        if self.down:
            raise RegistryUnavailable("down")
        found = SimpleNamespace(version=SimpleNamespace(version=self.version), plan=self.plan.model_dump_json())
        return found if self.version else None

    def dismiss(self):
        if self.down:
            raise RegistryUnavailable("down")
        self.dismissed.append(self.version)
        self.version = None

    def download(self, version, folder):
        return folder / f"bundle-{version}"


@pytest.fixture
def registry():
    return FakeRegistry()


@pytest.fixture
def told():
    return []


@pytest.fixture
def follower(registry, tmp_path, told):
    return ChallengerFollower(registry, tmp_path, told.append)


def test_the_file_follows_the_alias_and_its_plan(follower, registry, tmp_path, told):
    """It comes, changes its mode and goes as the registry says; whoever keeps the shadow hears of each step."""
    canary = PLAN.model_copy(update={"mode": "canary"})
    for version, plan in (("2", PLAN), ("2", canary), ("3", canary)):
        registry.version, registry.plan = version, plan
        follower.step()
        assert read_target(tmp_path) == Target(version=version, folder=str(tmp_path / f"bundle-{version}"), plan=plan)
    registry.version = None
    follower.step()
    assert not (tmp_path / TARGET).exists()
    assert [target and (target.version, target.plan.mode) for target in told] == [
        ("2", "shadow"), ("2", "canary"), ("3", "canary"), None,
    ]  # fmt: skip


def test_a_withdrawal_reaches_the_registry_before_it_is_forgotten(follower, registry, tmp_path):
    """While the registry is down both files stay, so nobody serves the version; afterwards both are gone, and the alias."""
    registry.version = "2"
    follower.step()
    write(tmp_path, Withdrawal(version="2", reason="failed"))
    registry.down = True
    with pytest.raises(RegistryUnavailable):
        follower.step()
    assert (tmp_path / WITHDRAWN).exists()
    registry.down = False
    follower.step()
    assert registry.dismissed == ["2"]
    assert not (tmp_path / WITHDRAWN).exists()
    assert not (tmp_path / TARGET).exists()


def test_a_withdrawal_of_another_version_leaves_the_challenger(follower, registry, tmp_path):
    """The next candidate does not pay for the last one."""
    write(tmp_path, Withdrawal(version="1", reason="failed"))
    registry.version = "2"
    follower.step()
    assert registry.dismissed == []
    assert read_target(tmp_path).version == "2"


class Answers:
    """Predictions of a bundle's reference rows, in order, with ids that count up."""

    def __init__(self, bundle):
        self.rows = [Kept(f"{number:05}", f"C{number}", row) for number, row in enumerate(bundle.reference().rows)]
        self.made = 0

    def newest(self):
        return self.rows[self.made - 1].id if self.made else ""

    def after(self, identity, version, most):
        return [row for row in self.rows[: self.made] if row.id > identity][:most]


class Ledger:
    def __init__(self):
        self.scores = []

    def log_challenger(self, scores):
        self.scores += scores


def test_the_shadow_scores_what_is_answered_from_now_on(bundle):
    """Each row once, with the bundle's own score; what was answered before it began is none of its business."""
    answers, ledger = Answers(bundle), Ledger()
    answers.made = 5
    shadow = Shadow("2", bundle, PLAN, answers, ledger)
    for made in (5, 9, 9, 12):
        answers.made = made
        shadow.step()
    assert [score.prediction_id for score in ledger.scores] == [row.id for row in answers.rows[5:12]]
    expected = bundle.score([row.features for row in answers.rows[5:12]])
    assert [score.probability for score in ledger.scores] == pytest.approx(expected.probability.tolist(), abs=1e-9)
    assert [score.contact for score in ledger.scores] == expected.contact.tolist()
    assert all(score.seconds > 0 and score.error is None for score in ledger.scores)


def test_under_pressure_rows_are_left_out(bundle):
    """A step takes what the plan allows, and the next one goes on with what comes then, however much was left."""
    answers, ledger = Answers(bundle), Ledger()
    shadow = Shadow("2", bundle, PLAN, answers, ledger)
    answers.made = 100
    shadow.step()
    answers.made = 103
    shadow.step()
    assert [score.prediction_id for score in ledger.scores] == [row.id for row in [*answers.rows[:10], *answers.rows[100:103]]]


def test_what_fails_in_the_shadow_is_kept_as_a_failure(bundle):
    """A row that cannot be scored says why and does not stop the next one."""

    class Broken:
        contract = bundle.contract

        def score_rows(self, rows):
            raise ZeroDivisionError("no rows\nat all")

    answers, ledger = Answers(bundle), Ledger()
    shadow = Shadow("2", Broken(), PLAN, answers, ledger)
    answers.made = 2
    shadow.step()
    assert [(score.probability, score.error) for score in ledger.scores] == [(None, "ZeroDivisionError no rows at all")] * 2


def test_a_share_of_the_customers_is_scored(bundle):
    """The others are left out, and the same ones every time."""
    answers, ledger = Answers(bundle), Ledger()
    shadow = Shadow("2", bundle, PLAN.model_copy(update={"share": 0.5, "most_per_second": 1000}), answers, ledger)
    answers.made = 200
    shadow.step()
    assert 60 < len(ledger.scores) < 140
