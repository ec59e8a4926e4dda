import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from monitoring.estimate import estimate_auc, expected_auc


def test_expected_auc_is_the_mean_of_what_comes() -> None:
    """Over many draws of outcomes with these chances the AUC is on average the expected one."""
    random = np.random.default_rng(0)
    chance = random.beta(1, 5, 2000).round(2)
    drawn = [roc_auc_score(random.random(2000) < chance, chance) for _ in range(200)]
    assert expected_auc(chance, chance) == pytest.approx(np.mean(drawn), abs=0.003)


def test_the_interval_holds_what_comes() -> None:
    """The interval holds the AUC of about 95 of 100 windows of other customers who behave as before."""
    random = np.random.default_rng(1)
    known = random.beta(1, 5, 3000)
    label = (random.random(3000) < known).astype(np.int64)
    held = 0
    for i in range(100):
        chance = random.beta(1.5, 3, 1000)
        found = estimate_auc(chance, label, known, seed=i)
        held += found.low <= roc_auc_score(random.random(1000) < chance, chance) <= found.high
    assert held >= 90


def test_a_reference_corrects_the_calibration() -> None:
    """Scores that are too sure of themselves are taken back by what the reference shows."""
    random = np.random.default_rng(2)
    chance = random.beta(2, 4, 20_000)
    odds = 2 * np.log(chance / (1 - chance))
    sure = 1 / (1 + np.exp(-odds))
    label = (random.random(20_000) < chance).astype(np.int64)
    found = estimate_auc(sure, label, sure, seed=0)
    assert found.low <= roc_auc_score(label, sure) <= found.high
    assert expected_auc(sure, sure) > found.high


def test_blindness() -> None:
    """A change of behaviour moves no score, so the estimate stays what it was: it cannot see it."""
    random = np.random.default_rng(3)
    chance = random.beta(1, 5, 2000)
    label = (random.random(2000) < chance).astype(np.int64)
    estimate = estimate_auc(chance, label, chance, seed=0)
    reversed_behaviour = random.random(2000) < 1 - chance
    assert roc_auc_score(reversed_behaviour, chance) < estimate.low
