"""What holds in repeated worlds. CHURN_TEST_WORLDS says in how many; 100 or more hold the intervals to 90-98 in 100."""

import os

import numpy as np
import pytest

from churn.contract import encode
from churn.data.conform import columns_of, conform
from churn.data.describe import describe
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.discovery.compare import estimate
from churn.discovery.folds import folds
from churn.discovery.judge import difference, judge
from churn.discovery.ladder import Ground, Stakes, climb
from churn.evaluate import figures, intervals
from churn.evaluate.calibration import equal_mass
from churn.simulate import live

WORLDS = int(os.environ.get("CHURN_TEST_WORLDS", "8"))
ROWS = 1200


def silent(steps, _):
    return steps


def expected(hits):
    """At least 90 and at most 98 in 100 of many worlds; of a few no more than chance alone leaves out once in 100 times."""
    if len(hits) >= 100:
        return 0.9 <= np.mean(hits) <= 0.98
    return sum(hits) >= len(hits) - 2


@pytest.fixture(scope="module")
def population():
    """One month of a large company, with true probabilities and those of a forecaster who is a little off."""
    month = next(iter(live(seed=23, customers=20000, months=1)))
    said = 1 / (1 + np.exp(-(0.8 * np.log(month.probability / (1 - month.probability)) + 0.2)))
    return month.rows, month.probability, said


@pytest.fixture(scope="module")
def decision(params):
    return Decision.of(params.problem)


def draw(random, true):
    """Positions of customers, and who of them leaves."""
    rows = random.integers(0, len(true), ROWS)
    return rows, (random.random(ROWS) < true[rows]).astype(np.int64)


def test_the_intervals_of_the_evaluation_cover_the_truth(population, params, decision):
    """Each interval holds the figure that endless customers would have as often as it says."""
    _, true, said = population
    random, policy = np.random.default_rng(0), params.evaluate.model_copy(update={"bootstrap": 100})
    many = (random.random((10, len(true))) < true).astype(np.int64).ravel()
    truth = figures(many, np.tile(said, 10), decision)
    truth["calibration_error"] = np.mean([abs(said[rows].mean() - true[rows].mean()) for rows in equal_mass(said, 15)])
    hits = {name: [] for name in truth}
    for world in range(WORLDS):
        rows, label = draw(random, true)
        found = intervals(label, said[rows], np.arange(ROWS), decision, policy, seed=world)
        for name, value in truth.items():
            hits[name].append(found[name]["low"] <= value <= found[name]["high"])
    assert {name: np.mean(one) for name, one in hits.items() if not expected(one)} == {}


@pytest.fixture(scope="module")
def worlds(population, params, decision):
    """Ladders of a logistic regression on a few columns in each world, with the customers that judge."""
    rows, true, _ = population
    random, found = np.random.default_rng(1), []
    for _ in range(WORLDS):
        drawn, label = draw(random, true)
        ground, chosen = stand(rows.iloc[drawn].reset_index(drop=True), label, params, decision)
        found.append((climb(ground, chosen, silent, ["few_columns"]), ground.group))
    return found


def stand(raw, label, params, decision):
    frame = conform(raw, params.data.columns, params.data.missing_words)
    contract = describe(frame, params.data)
    names = np.arange(len(label), dtype=np.uint64)
    rows = Labelled(frame, label, names, np.full(len(label), "2026-01", dtype=object))
    ground = Ground(contract, encode(contract, columns_of(frame, contract)), label, names, Stakes(decision), params.train)
    return ground, folds(rows, params.train.folds, 1, params.train.seed)


@pytest.mark.parametrize("figure", ["auc", "log_loss", "profit"])
def test_the_intervals_of_the_ladder_cover_the_truth(worlds, figure):
    """The mean over the worlds, which is what is estimated, lies in the interval of each as often as it says."""
    found = [estimate(getattr(ladder[-1], figure), group, 0.95) for ladder, group in worlds]
    truth = np.mean([one.value for one in found])
    assert expected([one.low <= truth <= one.high for one in found])


def test_the_interval_of_a_gain_covers_the_truth(worlds):
    """So does the gain over contacting nobody, by which the verdict is given."""
    found = [difference(ladder[-1], ladder[0], group, 0.95) for ladder, group in worlds]
    truth = np.mean([one.value for one in found])
    assert expected([one.low <= truth <= one.high for one in found])


@pytest.mark.parametrize("rate", [0.06, 0.3], ids=["nobody pays", "everybody pays"])
def test_outcomes_drawn_by_lot_are_no_go(population, params, decision, rate):
    """Where nothing says who leaves, the verdict is no-go at least 95 times in 100, be it best to contact nobody or all."""
    rows, true, _ = population
    random, words = np.random.default_rng(2), []
    for _ in range(WORLDS):
        raw = rows.iloc[random.integers(0, len(true), 2 * ROWS)].reset_index(drop=True)
        label = (random.permutation(len(raw)) < rate * len(raw)).astype(np.int64)
        ground, chosen = stand(raw, label, params, decision)
        ladder = climb(ground, chosen, silent, ["rule", "few_columns", "logistic"])
        perfect = 1000 * rate * decision.churner_gain
        words.append(judge(int(label.sum()), ladder, ground.group, perfect, params.discovery.worthwhile, 0.95).word)
    assert words.count("no-go") >= 0.95 * WORLDS, words
