from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from churn.data.labelled import Labelled
from churn.evaluate.refit import plan, refit
from churn.params import Evaluate

POLICY = Evaluate(bootstrap=60, level=0.95, slice_rows=50, sample_rows=100, learning_curve=(0.2, 0.4, 0.8), out_of_time=True)
MONTHS = np.array(["2026-01", "2026-02", "2026-03"], dtype=object)


@pytest.fixture
def sides(rows):
    """Train rows of 600 customers and test rows of 200, each in three months."""
    drawn = np.random.default_rng(0).integers(0, len(rows), 2400)
    group = np.arange(2400, dtype=np.uint64) // 3
    frame = rows.frame.iloc[drawn].reset_index(drop=True)
    rows = Labelled(frame, rows.label[drawn], group, MONTHS[np.arange(2400) % 3])
    return rows.where(group < 600), rows.where(group >= 600)


def planned(sides, horizon=28, **changes):
    return list(plan(*sides, POLICY.model_copy(update=changes), horizon, seed=0))


def test_smaller_parts_lie_within_larger_ones(sides):
    """Parts are nested shares of the customers, and what calibrates is of other customers."""
    parts = [one for one in planned(sides) if one.kind == "fewer"]
    train = sides[0]
    assert [one.learn.mean() for one in parts] == pytest.approx([0.2, 0.4, 0.8], abs=0.01)
    assert not (parts[0].learn & ~parts[1].learn).any()
    for one in parts:
        assert not set(train.group[one.learn]) & set(train.group[one.calibrate])
        assert one.calibrate.sum() == pytest.approx(one.learn.sum() / 4, abs=3)
        assert one.asked.all()


def test_out_of_time_knows_nothing_of_the_newest_snapshot(sides):
    """What is learned from and what calibrates is older than the rows that judge."""
    (one,) = (one for one in planned(sides) if one.kind == "earlier")
    train, test = sides
    assert set(train.snapshot[one.learn | one.calibrate]) == set(MONTHS[:2])
    assert set(test.snapshot[one.asked]) == set(MONTHS[2:])


def test_out_of_time_leaves_the_horizon_between(sides):
    """A snapshot whose outcomes were not known yet at the newest one takes no part: February ends 28 days before March."""
    (one,) = (one for one in planned(sides, horizon=29) if one.kind == "earlier")
    assert set(sides[0].snapshot[one.learn | one.calibrate]) == {"2026-01"}


def test_one_snapshot_or_a_knob_leave_it_out(sides):
    """Without time, and where params.yaml says so, nothing is fitted again."""
    alone = tuple(replace(side, snapshot=np.full(len(side), "2026", dtype=object)) for side in sides)
    assert [one.kind for one in planned(alone)] == ["fewer"] * 3
    assert planned(sides, learning_curve=(), out_of_time=False) == []


def test_parts_with_too_few_churners_are_left_out(sides):
    """A part without enough rows of both classes is not learned from."""
    train, test = sides
    few = train.label * (np.arange(len(train)) % 8 == 0)
    assert len(list(plan(replace(train, label=few), test, POLICY, 28, seed=0))) < len(planned(sides))


def test_each_refit_says_something_of_each_row_that_it_is_asked_about(sides, contract, knobs):
    """Probabilities rank better than chance and are calibrated; equal seeds give equal ones; nothing gives an empty table."""
    train, test = sides
    found = refit(("logistic", "boosting"), contract, train, test, knobs, POLICY, 28)
    assert found.groupby(["kind", "learned"]).size().tolist() == [int((test.snapshot == "2026-03").sum()), *[len(test)] * 3]
    most = found[(found["kind"] == "fewer") & (found["learned"] == found["learned"].max())]
    assert roc_auc_score(test.label, most["probability"]) > 0.75
    assert log_loss(test.label, most["probability"]) < log_loss(test.label, np.full(len(test), train.label.mean()))
    assert found.equals(refit(("logistic", "boosting"), contract, train, test, knobs, POLICY, 28))
    off = POLICY.model_copy(update={"learning_curve": (), "out_of_time": False})
    assert refit(("logistic",), contract, train, test, knobs, off, 28).empty
