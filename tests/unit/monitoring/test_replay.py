from pathlib import Path
from typing import Any

import pytest

from churn.errors import TableError
from churn.simulate import live, write_month
from churn.simulate.market import contract
from churn.simulate.worlds import WORLDS
from churn.simulate.worlds import live as months_of
from monitoring.replay.account import HEAD, account, joined, lines, row
from monitoring.replay.history import diary, replay
from monitoring.replay.learner import Learner, Rows
from monitoring.replay.policies import Lives, ledger, live_all
from support.policy import monitoring, params


def lived(world: str, change: int, months: int) -> tuple[Lives, Any, Learner]:
    """Four months to learn from, then a life of some months; something happens in one of them."""
    periods = list(months_of(WORLDS[world], 3, 1500, 4 + months, 4 + change))
    rows = [Rows(one.name, one.matrix, one.customer, one.label) for one in periods]
    learner = Learner(contract(), params())
    return live_all(learner, rows[:4], rows[4:]), periods[4:], learner


@pytest.fixture(scope="module")
def cents() -> tuple[Lives, Any, Learner]:
    return lived("cents_for_euros", 2, 4)


def test_a_broken_month_is_called_broken_and_not_learned_from(cents: tuple[Lives, Any, Learner]) -> None:
    """Cents for euros are broken in their month alone, with the column, and start nothing."""
    lives, periods, _ = cents
    states = [one.verdict.state for one in lives.policy]
    assert [state == "broken" for state in states] == [one.broken for one in periods]
    assert lives.policy[2].verdict.columns == ("monthly_charge",)
    assert lives.policy[2].promoted is None


def test_money(cents: tuple[Lives, Any, Learner]) -> None:
    """Nobody earns more than who knows the truth, and who never retrains keeps the first model."""
    lives, periods, learner = cents
    rows = [Rows(one.name, one.matrix, one.customer, one.label) for one in periods]
    money = ledger(lives, rows, [one.probability for one in periods], learner.decision)
    assert max(money["never"], money["monthly"], money["policy"]) < money["oracle"]
    assert {*lives.never} == {lives.policy[0].champion}
    assert lives.monthly[1] is lives.monthly[0]  # nothing more has matured after one month
    assert len({*lives.monthly}) == 3
    told = account("cents", lives, money, "broken", 2)
    assert (told.changes, told.found, told.delays, told.right, told.alarms) == (1, 1, (0,), 1, 0)
    both = joined([told, told])
    assert (both.windows, both.found, both.money) == (8, 2, told.money)
    assert len(row(both)) == len(HEAD)


def test_a_price_rise_is_answered() -> None:
    """Customers who change are noticed, and the model that replaces the champion is another one."""
    lives, _, _ = lived("price_rise", 1, 4)
    assert any(one.verdict.retrain for one in lives.policy[1:4])
    assert any(one.promoted for one in lives.policy)


def test_lines() -> None:
    """Columns of a table of text stand below each other."""
    assert lines([["name", "rows"], ["a", "10,000"]]) == ["name    rows", "a     10,000"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    for month in live(7, 600, 8, 6):
        write_month(folder, month)
    return folder


def test_a_dated_table_is_lived_through(folder: Path) -> None:
    """The first periods train, the others are judged in the order of time, and nobody claims to know what was right."""
    lives, told = replay(folder, "month", params(), 4, 30)
    names = [one[0] for one in diary(lives)]
    assert names == ["period", "2025-05", "2025-06", "2025-07", "2025-08"]
    assert (told.windows, told.alarms, told.changes) == (4, None, 0)
    assert row(told)[2:6] == ["-"] * 4


def test_small_periods_are_joined(folder: Path) -> None:
    """Periods with fewer customers than a window needs wait and are judged together."""
    small = params().model_copy(update={"monitoring": monitoring(min_rows=640, min_outcomes=10_000)})
    lives, _ = replay(folder, "month", small, 4, 30)
    first, second = ((one.verdict.state == "insufficient", one.figures.rows) for one in lives.policy[:2])
    assert first == (True, 600)
    assert (second[0], 640 <= second[1] < 1200) == (False, True)


def test_too_few_periods(folder: Path) -> None:
    """A table with too few periods is refused with what to do."""
    with pytest.raises(TableError, match="'month' names 8 periods; 6 to learn from and 3 to live through are needed"):
        replay(folder, "month", params(), 6, 30)
