from dataclasses import replace

import numpy as np
import pytest

from churn.data.labelled import Labelled, held_out
from churn.errors import TableError
from churn.evaluate.walk import walk
from churn.evaluate.walked import table
from churn.params import Events, load

MONTHS = np.array(["2026-01-01", "2026-01-31", "2026-03-02", "2026-04-01"], dtype=object)


@pytest.fixture
def params(template, data, knobs):
    """The knobs of the program with quick learners, a horizon of 45 days and a window of two snapshots."""
    whole = load(template)
    problem = whole.problem.model_copy(update={"horizon_days": 45})
    split = whole.split.model_copy(update={"window": 2, "holdout": 0.4})
    evaluate = whole.evaluate.model_copy(update={"bootstrap": 20})
    features = whole.features.model_copy(update={"from_contract": False})
    parts = {"problem": problem, "split": split, "evaluate": evaluate, "features": features}
    return whole.model_copy(update={"data": data, "train": knobs, **parts})


@pytest.fixture
def dated(rows):
    """400 customers on four dates, 30 days apart."""
    drawn = np.random.default_rng(0).integers(0, len(rows), 1600)
    group = np.random.default_rng(1).integers(0, 2**63, 400, dtype=np.uint64).repeat(4) * np.uint64(2)
    frame = rows.frame.iloc[drawn].reset_index(drop=True)
    return Labelled(frame, rows.label[drawn], group, MONTHS[np.arange(1600) % 4])


def test_each_date_is_judged_by_what_was_known_on_it(dated, params):
    """Learned from are dates whose horizon had passed, at most a window of them; judged are customers who are held out."""
    steps = walk(dated, params)
    assert [(step.snapshot, step.learned) for step in steps] == [
        ("2026-03-02", ["2026-01-01"]),
        ("2026-04-01", ["2026-01-01", "2026-01-31"]),
    ]
    for step in steps:
        assert held_out(dated, params.split)[step.asked].all()
        assert set(dated.snapshot[step.asked]) == {step.snapshot}
        assert len(step.probability) == step.asked.sum()


def test_outcomes_are_waited_for_as_snapshots_wait(dated, params):
    """Where events may arrive late or be renewed, a date is learned from that much later."""
    plans = {"table": "plans.csv", "customer": "who", "time": "start", "ended": "stop", "features": {"windows": [30]}}
    churn, dates = {"subscription": "plans", "renewed_within_days": 15}, {"first": "2026-01-01", "every_days": 30}
    declared = {"sources": {"plans": plans}, "churn": churn, "snapshots": dates | {"arrives_within_days": 5}}
    late = params.model_copy(update={"events": Events.model_validate(declared)})
    assert late.outcome_days == 45 + 15 + 5
    assert [(step.snapshot, step.learned) for step in walk(dated, late)] == [("2026-04-01", ["2026-01-01"])]


def test_outcomes_that_were_not_known_change_nothing(dated, params):
    """Other outcomes on dates within the horizon leave the probabilities equal, bit for bit; known ones do not."""
    first = walk(dated, params)[0]
    for name, equal in (("2026-01-31", True), ("2026-03-02", True), ("2026-01-01", False)):
        turned = replace(dated, label=np.where(dated.snapshot == name, 1 - dated.label, dated.label))
        assert np.array_equal(walk(turned, params)[0].probability, first.probability) == equal


def test_the_table_has_a_line_for_each_date_and_one_for_all(dated, params):
    """Rows of the dates add up to the last line."""
    _, *lines, whole = table(dated, walk(dated, params), params)
    assert [line[0] for line in lines] == ["2026-03-02", "2026-04-01"]
    assert whole[0] == "all"
    assert sum(int(line[2]) for line in lines) == int(whole[2])


def test_without_an_older_date_nothing_can_be_judged(dated, params):
    """Where every horizon reaches over the others, that is said."""
    far = params.model_copy(update={"problem": params.problem.model_copy(update={"horizon_days": 400})})
    with pytest.raises(TableError, match="horizon_days"):
        walk(dated, far)
