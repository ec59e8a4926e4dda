"""Tuning: within its budget, resumable, and equal for equal seeds."""

import numpy as np
import pytest

from churn.model import train
from churn.model.rows import Rows
from churn.model.splits import splits
from churn.model.trial import loss_curve
from churn.model.tune import look_ahead, tunable, tune, with_knobs


@pytest.fixture
def willing(knobs):
    """Three tries for a linear learner and a boosting."""
    return knobs.model_copy(update={"tune": knobs.tune.model_copy(update={"trials": 3})})


def look(contract, matrix, rows, params, folder=None):
    return tune(contract, matrix, rows.label, rows.group, params, folder)


def test_each_learner_gets_as_many_tries_as_the_budget_says(contract, matrix, rows, willing):
    """Three tries for each learner, the first with the knobs as written."""
    tuned = look(contract, matrix, rows, willing)
    for learner in willing.learners:
        tries = [one for one in tuned.tries if one.learner == learner]
        assert [one.number for one in tries] == [0, 1, 2]
        written = getattr(willing, learner).model_dump()
        assert all(written[name] == value for name, value in tries[0].knobs.items() if name != "rounds")


def test_the_best_complete_try_is_taken(contract, matrix, rows, willing):
    """The knobs that come back are those of the smallest log loss, boosting with the rounds it was found to need."""
    tuned = look(contract, matrix, rows, willing)
    for learner in willing.learners:
        complete = [one for one in tuned.tries if (one.learner, one.state) == (learner, "complete")]
        best = min(complete, key=lambda one: one.log_loss)
        found = getattr(tuned.params, learner).model_dump()
        assert {name: found[name] for name in best.knobs} == best.knobs
    assert 1 <= tuned.params.boosting.rounds <= willing.tune.most_rounds


def test_equal_seeds_give_equal_knobs(contract, matrix, rows, willing):
    """Two tunings from nothing find the same."""
    assert look(contract, matrix, rows, willing).tries == look(contract, matrix, rows, willing).tries


def test_a_tuning_goes_on_where_it_stopped(contract, matrix, rows, willing, tmp_path):
    """Two tries today and one tomorrow are the three tries of one day."""
    short = willing.model_copy(update={"tune": willing.tune.model_copy(update={"trials": 2})})
    look(contract, matrix, rows, short, tmp_path)
    assert look(contract, matrix, rows, willing, tmp_path).tries == look(contract, matrix, rows, willing).tries


def test_other_data_begins_anew(contract, matrix, rows, willing, tmp_path):
    """Tries on other rows do not count."""
    look(contract, matrix, rows, willing, tmp_path)
    other = matrix.copy()
    other[:, 0] += 1
    tune(contract, other, rows.label, rows.group, willing, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_time_that_is_up_ends_after_one_try(contract, matrix, rows, willing):
    """However little time there is, each learner is tried once, and then no more."""
    hasty = willing.model_copy(update={"tune": willing.tune.model_copy(update={"seconds": 1e-9})})
    assert [one.number for one in look(contract, matrix, rows, hasty).tries] == [0, 0]


def test_tries_made_ahead_are_found_made(contract, matrix, rows, willing, tmp_path):
    """Each learner's tries are made apart from the others, and tuning makes none anew."""
    for learner in tunable(willing):
        look_ahead(learner, Rows(contract, matrix, rows.label, rows.group), willing, tmp_path)
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*.log")}
    assert len(kept) == len(tunable(willing)) == 2
    assert look(contract, matrix, rows, willing, tmp_path).tries == look(contract, matrix, rows, willing).tries
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.log")} == kept


def test_a_learner_that_cannot_be_tuned_does_not_end_the_others(contract, matrix, rows, willing):
    """A boosting of no smoothing that scikit-learn refuses keeps its knobs; the others are tuned."""
    broken = willing.model_copy(update={"boosting": willing.boosting.model_copy(update={"l2": -1.0})})
    tuned = look(contract, matrix, rows, broken)
    assert {one.learner for one in tuned.tries} == {"logistic"}
    assert (list(tuned.failed), tuned.params.boosting) == (["boosting"], broken.boosting)


def test_no_tries_change_nothing(contract, matrix, rows, knobs):
    """A budget of 0 leaves every knob as written."""
    tuned = look(contract, matrix, rows, knobs)
    assert tuned.params == knobs
    assert tuned.tries == ()


def test_tuned_knobs_train_the_model(contract, matrix, rows, willing):
    """Knobs that went through a file train the same model."""
    tuned = look(contract, matrix, rows, willing)
    again = with_knobs(willing, tuned.knobs)
    one, other = (train(contract, matrix, rows.label, rows.group, params)[0] for params in (tuned.params, again))
    np.testing.assert_array_equal(one.probability(matrix), other.probability(matrix))


def test_rounds_are_found_on_all_rows_where_tries_saw_a_part(contract, matrix, rows, willing):
    """With tries on 300 of the rows, knobs come from them and the rounds of boosting from one split of all."""
    part = willing.model_copy(update={"tune": willing.tune.model_copy(update={"rows": 300})})
    tuned = look(contract, matrix, rows, part)
    best = min(
        (one for one in tuned.tries if one.learner == "boosting" and one.state == "complete"), key=lambda one: one.log_loss
    )
    assert tuned.params.boosting.leaves == best.knobs.get("leaves", willing.boosting.leaves)
    everybody = Rows(contract, matrix, rows.label, rows.group)
    fit, held = splits(rows.label, rows.group, part.folds, part.seed)[0]
    curve = loss_curve("boosting", everybody.at(fit), everybody.at(held), tuned.params)
    assert tuned.params.boosting.rounds == curve.argmin() + 1
