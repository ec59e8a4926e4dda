import numpy as np
import pandas as pd
import pytest

from churn.evaluate import calibration_error, calibration_noise, curves, figures, intervals, paired, resamples, slices
from churn.params import Evaluate

POLICY = Evaluate(bootstrap=60, level=0.95, slice_rows=50)
COUNT = 600


@pytest.fixture
def forecast():
    """A calibrated forecaster: outcomes drawn from the probabilities it gives."""
    random = np.random.default_rng(1)
    probability = random.beta(1.5, 5, COUNT)
    return (random.random(COUNT) < probability).astype(np.int64), probability


@pytest.mark.parametrize(("wrong", "expected"), [(False, 0.0), (True, 1.0)])
def test_calibration_error_of_a_perfect_and_a_wrong_forecaster(wrong, expected):
    """Certainty that is always right has error 0, and certainty that is always wrong has error 1."""
    label = np.repeat([0, 1], [280, 320])  # whole bins of 40 rows
    probability = (1 - label if wrong else label).astype(float)
    assert calibration_error(label, probability) == pytest.approx(expected)


def test_calibration_error_sees_a_shift(forecast):
    """A forecaster that says 0.2 too much has an error near 0.2."""
    label, probability = forecast
    assert calibration_error(label, np.clip(probability + 0.2, 0, 1)) == pytest.approx(0.2, abs=0.06)


def test_calibrated_forecasters_stay_below_the_noise():
    """About 95 of 100 samples of a calibrated forecaster have an error below the noise."""
    random = np.random.default_rng(0)
    probability = random.beta(1.5, 5, 300)
    noise = calibration_noise(probability, draws=200, seed=3)
    errors = [calibration_error((random.random(300) < probability).astype(np.int64), probability) for _ in range(200)]
    assert 0.9 <= np.mean(np.array(errors) <= noise) <= 0.99


def test_noise_falls_with_more_rows(forecast):
    """More rows leave less to chance."""
    few, many = (calibration_noise(np.tile(forecast[1], times), draws=60, seed=0) for times in (1, 9))
    assert many < few / 2


def test_intervals_contain_the_value(forecast, decision):
    """The value of the AUC lies inside its interval."""
    auc = intervals(*forecast, decision, POLICY, seed=0)["auc"]
    assert auc["low"] < auc["value"] < auc["high"]
    assert auc["high"] - auc["low"] < 0.15


def test_every_figure_has_an_interval(forecast, decision):
    """The intervals cover all figures, and each lower end is no higher than the upper."""
    found = intervals(*forecast, decision, POLICY, seed=0)
    assert set(found) == set(figures(*forecast, decision))
    assert all(ends["low"] <= ends["high"] for ends in found.values())


def test_equal_scores_differ_by_nothing(forecast, decision):
    """The paired difference of equal scores is zero with an interval of no width."""
    label, probability = forecast
    found = paired(label, probability, probability, decision, POLICY, seed=0)
    assert all(ends == {"value": 0.0, "low": 0.0, "high": 0.0} for ends in found.values())


def test_a_better_score_is_better_beyond_doubt(forecast, decision):
    """The truth ranks better than noise, and the whole interval says so."""
    label, probability = forecast
    noise = np.random.default_rng(2).random(COUNT)
    found = paired(label, probability, noise, decision, POLICY, seed=0)
    assert found["auc"]["low"] > 0
    assert found["log_loss"]["high"] < 0


def test_equal_seeds_draw_equal_rows(forecast):
    """Resampling repeats itself for a seed; the number of churners varies, and no draw lacks a class."""
    label = forecast[0]
    one, other = resamples(label, 5, seed=4), resamples(label, 5, seed=4)
    np.testing.assert_array_equal(one, other)
    churners = {int(label[rows].sum()) for rows in one}
    assert len(churners) > 1
    assert min(churners) > 0
    assert max(churners) < len(label)


def test_slices_that_are_small_or_of_one_class_are_left_out(forecast, decision):
    """Only levels with enough rows and both outcomes get figures of their own."""
    label, probability = forecast
    plan = np.array(["big"] * 400 + ["pure"] * 160 + ["small"] * 40, dtype=object)
    label[400:560] = 0
    found = slices(pd.DataFrame({"plan": plan, "tenure": np.zeros(COUNT)}), label, probability, decision, POLICY.slice_rows)
    assert found[["column", "level", "rows"]].to_numpy().tolist() == [["plan", "big", 400]]
    assert found["rate"][0] == pytest.approx(label[:400].mean())


def test_curves_are_small_and_complete(forecast):
    """Curves have at most 200 rows; ROC and gain run from (0, 0) to (1, 1)."""
    found = curves(*forecast)
    assert set(found) == {"roc", "precision_recall", "calibration", "gain"}
    assert all(len(curve) <= 200 for curve in found.values())
    for name in ("roc", "gain"):
        np.testing.assert_allclose(found[name].iloc[[0, -1]].to_numpy(), [[0, 0], [1, 1]])
