"""Blending: calibrated, never subtracting, drawn to the mean."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from churn.model.combine import blend

COUNT = 3000


@pytest.fixture
def told():
    """Labels, and three scores of them on odd scales: two that know half each, and one that knows nothing."""
    random = np.random.default_rng(0)
    parts = random.normal(size=(COUNT, 2))
    label = (random.random(COUNT) < expit(parts.sum(axis=1) - 1)).astype(np.int64)
    return np.column_stack([5 * parts[:, 0] + 3, parts[:, 1] / 100, random.normal(size=COUNT)]), label


def test_a_blend_is_calibrated_whatever_the_scales_are(told):
    """Its mean probability is the rate of churn, and its log loss is near that of the truth."""
    scores, label = told
    found = expit(blend(scores, label).log_odds(scores))
    assert found.mean() == pytest.approx(label.mean(), abs=1e-3)
    truth = expit(scores[:, 0] / 5 - 0.6 + scores[:, 1] * 100 - 1)
    assert log_loss(label, found) == pytest.approx(log_loss(label, truth), abs=0.01)


def test_no_member_is_subtracted(told):
    """A score that points the wrong way counts for nothing or little, never against itself."""
    scores, label = told
    spoiled = np.column_stack([scores[:, 0], scores[:, 0] + 50 * scores[:, 2]])
    assert (blend(spoiled, label).weights >= 0).all()


def test_equal_members_share_the_weight(told):
    """Two members that tell the same story count the same."""
    scores, label = told
    weights = blend(np.column_stack([scores[:, 0], scores[:, 0]]), label).weights
    assert weights[0] == pytest.approx(weights[1], rel=1e-3)


def test_one_member_is_calibrated_alone(told):
    """A single score gets a slope and a shift."""
    scores, label = told
    found = blend(scores[:, :1], label)
    assert expit(found.log_odds(scores[:, :1])).mean() == pytest.approx(label.mean(), abs=1e-3)
