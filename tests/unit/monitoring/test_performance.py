import numpy as np
import pytest

from churn.params import Evaluate
from monitoring.performance import calibration, known, live_auc

POLICY = Evaluate(bootstrap=100, level=0.95, slice_rows=100, sample_rows=1000)


def test_known() -> None:
    """Predictions whose outcome is not known are left out."""
    label, probability = known([{"churned": c, "probability": p} for c, p in [(True, 0.9), (None, 0.5), (False, 0.1)]])
    assert label.tolist() == [1, 0]
    assert probability.tolist() == [0.9, 0.1]


def test_interval_holds_value() -> None:
    """The interval surrounds the AUC and repeats for a seed."""
    random = np.random.default_rng(0)
    label = random.integers(0, 2, 400)
    probability = np.clip(0.3 * label + 0.7 * random.random(400), 0, 1)
    first, again = (live_auc(label, probability, POLICY, seed=3) for _ in range(2))
    assert first == again
    assert first is not None
    assert first.low < first.value < first.high


@pytest.mark.parametrize("label", [[], [1, 1], [0]])
def test_one_class(label: list[int]) -> None:
    """Without both classes there is no AUC."""
    assert live_auc(np.array(label, dtype=np.int64), np.full(len(label), 0.5), POLICY, seed=3) is None


def test_calibration() -> None:
    """Calibration is the mean prediction beside the observed rate, and None without rows."""
    found = calibration(np.array([1, 0]), np.array([0.8, 0.4]))
    assert found is not None
    assert (found.predicted, found.observed) == (pytest.approx(0.6), 0.5)
    assert calibration(np.array([], dtype=np.int64), np.array([])) is None
