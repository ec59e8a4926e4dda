import numpy as np
import pytest

from churn.errors import ParamsError
from churn.model import train


def test_equal_seeds_give_equal_models(contract, matrix, rows, knobs):
    """Training twice with one seed gives the same probabilities to the last bit."""
    one, other = (train(contract, matrix, rows.label, rows.group, knobs)[0] for _ in range(2))
    np.testing.assert_array_equal(one.probability(matrix), other.probability(matrix))


def test_the_contest_chooses_the_smallest_log_loss(contract, matrix, rows, knobs):
    """No combination that was tried has a log loss smaller by more than what a member is worth."""
    model, contest = train(contract, matrix, rows.label, rows.group, knobs)
    least = min(figures["log_loss"] for figures in contest.figures.values())
    assert contest.chosen.log_loss <= least + knobs.member_worth
    assert tuple(model.members) == contest.chosen.learners


def test_one_learner_needs_no_contest(contract, matrix, rows, knobs):
    """With a single learner there is one combination, and it is chosen."""
    alone = knobs.model_copy(update={"learners": ("boosting",)})
    _, contest = train(contract, matrix, rows.label, rows.group, alone)
    assert list(contest.figures) == ["boosting"]


def test_probabilities_are_calibrated_in_the_large(contract, matrix, rows, knobs):
    """The mean probability is near the rate of churn."""
    model, _ = train(contract, matrix, rows.label, rows.group, knobs)
    assert model.probability(matrix).mean() == pytest.approx(rows.label.mean(), abs=0.03)


def test_a_learner_that_fails_does_not_end_the_others(contract, matrix, rows, knobs):
    """A boosting of one leaf is refused by scikit-learn; the contest goes on without it and says why."""
    broken = knobs.model_copy(update={"boosting": knobs.boosting.model_copy(update={"leaves": 1})})
    model, contest = train(contract, matrix, rows.label, rows.group, broken)
    assert tuple(model.members) == ("logistic",)
    assert list(contest.failed) == ["boosting"]
    assert "max_leaf_nodes" in contest.failed["boosting"]


def test_no_learner_that_works_is_an_error(contract, matrix, rows, knobs):
    """Where all fail the error names each with its reason."""
    broken = knobs.model_copy(update={"learners": ("boosting",), "boosting": knobs.boosting.model_copy(update={"leaves": 1})})
    with pytest.raises(ParamsError, match=r"every learner .* fails .*boosting: InvalidParameterError"):
        train(contract, matrix, rows.label, rows.group, broken)


def test_progress_sees_every_fit(contract, matrix, rows, knobs):
    """Long work is reported as it is done: each learner in each fold, then each member."""
    seen = []

    def progress(items, what):
        seen.append((what, len(items)))
        return items

    _, contest = train(contract, matrix, rows.label, rows.group, knobs, progress)
    assert seen == [("cross-validation", 4), ("fit", len(contest.chosen.learners))]
