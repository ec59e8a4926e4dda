import numpy as np
import pytest

from churn.decision import Decision
from churn.evaluate import calibration_error, calibration_noise, figures, intervals, resamples
from churn.evaluate.calibration import true_calibration_error
from churn.evaluate.curves import curves
from churn.evaluate.figures import lift
from churn.evaluate.profit import expected_maximum_profit
from churn.params import Evaluate

POLICY = Evaluate(bootstrap=60, level=0.95, slice_rows=50, sample_rows=1000)
COUNT = 600
CUSTOMERS = np.arange(COUNT)


@pytest.fixture
def forecast():
    """A calibrated forecaster: outcomes drawn from the probabilities it gives."""
    random = np.random.default_rng(1)
    probability = random.beta(1.5, 5, COUNT)
    return (random.random(COUNT) < probability).astype(np.int64), probability


def test_the_order_of_equal_scores_tells_nothing():
    """A table that is sorted by outcome has the errors and the curves of it in any order, where many score alike."""
    random = np.random.default_rng(5)
    probability = random.choice([0.1, 0.2, 0.5], COUNT)
    label = (random.random(COUNT) < probability).astype(np.int64)
    by_outcome, group = np.argsort(label, kind="stable"), np.arange(COUNT)
    rows, decision = [slice(None), by_outcome], Decision(saved_value=100, save_rate=0.3, contact_cost=1, offer_cost=5)
    assert len({round(calibration_error(label[some], probability[some]), 12) for some in rows}) == 1
    assert len({true_calibration_error(label[some], probability[some], group, 0.95, 0) for some in rows}) == 1
    drawn = [curves(label[some], probability[some], group, decision, POLICY, 0) for some in rows]
    for name in ("gain", "lift", "profit"):
        first, other = (one[name].iloc[:, 1].to_numpy() for one in drawn)
        assert first == pytest.approx(other)


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
    auc = intervals(*forecast, CUSTOMERS, decision, POLICY, seed=0)["auc"]
    assert auc["low"] < auc["value"] < auc["high"]
    assert auc["high"] - auc["low"] < 0.15


def test_every_figure_has_an_interval(forecast, decision):
    """The intervals cover all figures, and each lower end is no higher than the upper."""
    found = intervals(*forecast, CUSTOMERS, decision, POLICY, seed=0)
    assert set(found) == set(figures(*forecast, decision))
    assert all(ends["low"] <= ends["high"] for ends in found.values())


def test_equal_seeds_draw_equal_rows(forecast):
    """Resampling repeats itself for a seed; the number of churners varies, and no draw lacks a class."""
    label = forecast[0]
    one, other = resamples(label, 5, seed=4), resamples(label, 5, seed=4)
    np.testing.assert_array_equal(one, other)
    churners = {int(label[rows].sum()) for rows in one}
    assert len(churners) > 1
    assert min(churners) > 0
    assert max(churners) < len(label)


def test_draws_take_whole_customers(forecast):
    """Rows of one customer are drawn together, as often as the customer is."""
    group = CUSTOMERS // 3
    (rows,) = resamples(forecast[0], 1, seed=0, group=group)
    times = np.bincount(rows, minlength=COUNT).reshape(-1, 3)
    assert (times == times[:, :1]).all()
    assert times.max() > 1


def test_rows_of_one_customer_widen_the_interval(forecast, decision):
    """Nine copies of each customer are no more evidence than one."""
    label, probability = (np.tile(part, 9) for part in forecast)
    alone, together = (
        intervals(label, probability, group, decision, POLICY, seed=0)["profit_per_1000"]
        for group in (np.arange(len(label)), np.tile(CUSTOMERS, 9))
    )
    assert together["high"] - together["low"] > 2 * (alone["high"] - alone["low"])


@pytest.mark.parametrize(
    ("costs", "decimals", "published"),
    [
        ({}, 16, 6.7324827131888805),
        ({}, 1, 6.538451030624805),
        ({"saved_value": 500, "contact_cost": 5}, 16, 23.11178925186492),
    ],
)
def test_the_expected_maximum_profit_is_the_published_one(decision, costs, decimals, published):
    """EMPC equals what the package empulse 0.13.1 computes by `empc_score`, with and without ties."""
    random = np.random.default_rng(5)
    probability = random.beta(1.5, 5, 2000)
    label = (random.random(2000) < probability).astype(int)
    found = expected_maximum_profit(label, np.round(probability, decimals), decision.model_copy(update=costs))
    assert found == pytest.approx(published, rel=1e-12)


def test_an_offer_that_costs_more_than_it_saves_earns_nothing(forecast, decision):
    """Where nothing can be earned, the best is to contact nobody."""
    assert expected_maximum_profit(*forecast, decision.model_copy(update={"offer_cost": 300})) == 0


def test_lift_counts_ties_in_part():
    """Perfect ranks lift a rate of 0.2 to 1 in the first tenth; equal probabilities lift nothing."""
    label = np.repeat([1, 0], [20, 80])
    assert lift(label, label.astype(float), 0.1) == pytest.approx(5)
    assert lift(label, np.full(100, 0.2), 0.1) == pytest.approx(1)


def test_the_true_calibration_error_leaves_chance_out():
    """Of 100 samples of a calibrated forecaster at least 95 allow for no error at all, and the median estimate is near none."""
    random = np.random.default_rng(0)
    probability = random.beta(1.5, 5, 1000)
    labels = [(random.random(1000) < probability).astype(np.int64) for _ in range(100)]
    found = np.array([true_calibration_error(label, probability, np.arange(1000), 0.95, seed=0) for label in labels])
    assert (found[:, 1] == 0).sum() >= 95
    assert np.median(found[:, 0]) < 0.01


def test_the_true_calibration_error_is_found_where_there_is_one():
    """For a forecaster that says 0.1 too much the interval covers 0.1 in 90 to 100 of 100 samples, and the value is near it."""
    random = np.random.default_rng(1)
    true = random.beta(2, 5, 1000)
    labels = [(random.random(1000) < true).astype(np.int64) for _ in range(100)]
    found = np.array([true_calibration_error(label, true + 0.1, np.arange(1000), 0.95, seed=0) for label in labels])
    assert ((found[:, 1] <= 0.1) & (found[:, 2] >= 0.1)).sum() >= 90
    assert np.median(found[:, 0]) == pytest.approx(0.1, abs=0.01)
