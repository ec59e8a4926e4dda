"""The effect of a contact, over drawn customers and as the command tells it."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from churn.cli import main
from churn.rollout.effect import Group, saved_customers, saved_share
from churn.store import Outcome, Prediction, Store
from churn.store.tables import now

ROOT = Path(__file__).parents[4]
TEXT = (ROOT / "params.yaml").read_text(encoding="utf-8")


def test_intervals_cover_the_truth():
    """Over 1,000 drawn campaigns each interval holds the truth about 95 times in 100; a contact keeps 30 % of leavers."""
    random = np.random.default_rng(3)
    rate, saved, sizes = 0.4, 0.3, (2_000, 200)
    covered = np.zeros(2)
    for _ in range(1_000):
        contacted = Group(sizes[0], int(random.binomial(sizes[0], rate * (1 - saved))))
        control = Group(sizes[1], int(random.binomial(sizes[1], rate)))
        kept, share = saved_customers(contacted, control), saved_share(contacted, control)
        covered += [kept.low <= rate * saved <= kept.high, share.low <= saved <= share.high]
    assert (covered > 930).all()
    assert (covered < 970).all()


def test_where_nobody_of_the_control_group_left_the_share_is_not_known():
    """Then anything up to all may be saved."""
    share = saved_share(Group(100, 5), Group(20, 0))
    assert np.isnan(share.value)
    assert (share.low, share.high) == (-np.inf, 1.0)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace with a store, in which outcomes can be made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHURN_STATE", str(tmp_path / "state"))
    (tmp_path / "params.yaml").write_text(TEXT)
    (tmp_path / "state").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'state' / 'store.db'}")
    store.create()
    yield tmp_path, store
    store.close()


def line(number, contact, withheld, customer=None):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    name = customer or f"C{number}"
    return Prediction(f"{number:08}", moment, "2026-01", name, {}, 0.5, contact, "1", "data", 0.1, withheld)


def campaign(store, contacted, control):
    """Customers of both groups, of whom some left; besides them some whom nobody would contact."""
    groups = [(control, False, True), (contacted, True, None)]
    made, left = [], []
    for (count, churned), contact, withheld in groups:
        for place in range(count):
            made.append(line(len(made), contact, withheld))
            left.append(place < churned)
    made += [line(len(made) + place, False, withheld) for place, withheld in enumerate((None, False))]
    store.log(made)
    store.add_outcomes([Outcome(one.id, churned) for one, churned in zip(made, [*left, True, True], strict=True)])


def test_the_command_tells_the_saved_share_and_feeds_the_cost_model(workspace):
    """Those who would not have been recommended count in neither group; --write changes one number and nothing else."""
    folder, store = workspace
    campaign(store, (4_000, 1_000), (1_000, 500))
    told = CliRunner().invoke(main, ["effect"])
    assert told.exit_code == 0, told.output
    assert "4,000 customers, 1,000 left (25.0%)" in told.output
    assert "1,000 customers, 500 left (50.0%)" in told.output
    assert "of 1,000 recommended customers a contact keeps 250" in told.output
    assert "of those who would leave it keeps 50.0%" in told.output
    assert (folder / "params.yaml").read_text() == TEXT
    assert CliRunner().invoke(main, ["effect", "--write"]).exit_code == 0
    assert (folder / "params.yaml").read_text() == TEXT.replace("save_rate: 0.3", "save_rate: 0.5")


def test_an_effect_that_may_be_none_is_not_written(workspace):
    """The figures are told, and params.yaml stays."""
    folder, store = workspace
    campaign(store, (100, 40), (20, 9))
    done = CliRunner().invoke(main, ["effect", "--write"])
    assert done.exit_code == 2
    assert "not certain to be above 0" in done.output
    assert (folder / "params.yaml").read_text() == TEXT


def test_without_a_control_group_the_command_says_what_to_do(workspace):
    """There is nothing to compare with."""
    done = CliRunner().invoke(main, ["effect"])
    assert done.exit_code == 2
    assert "set problem.control in params.yaml" in done.output


def test_a_month_whose_outcomes_still_arrive_does_not_count(workspace):
    """Those who leave are known first, so that half of the outcomes would tell of other shares than all of them."""
    _, store = workspace
    made = [line(at, at % 2 == 0, True if at % 2 else None)._replace(time=now()) for at in range(100)]
    store.log(made)
    store.add_outcomes([Outcome(one.id, churned=True) for one in made[:20]])
    early = CliRunner().invoke(main, ["effect"])
    assert (early.exit_code, "of snapshots that have matured" in early.output) == (2, True)
    store.add_outcomes([Outcome(one.id, churned=False) for one in made[20:]])
    assert "50 customers, 10 left (20.0%)" in CliRunner().invoke(main, ["effect"]).output


def test_a_customer_counts_once_and_not_before_there_was_a_control_group(workspace):
    """Contacts from before have no equals in the control group; a second month is of those who stayed."""
    _, store = workspace
    made = [line(1, True, None), line(2, False, True), line(3, True, None, "A"), line(4, True, None, "A")]
    store.log(made)
    store.add_outcomes([Outcome(one.id, one.id == "00000003") for one in made])
    assert sorted(store.tried.recommended(["2026-01"])) == [(False, True), (True, False)]
