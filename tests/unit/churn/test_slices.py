import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from churn.evaluate.curves import curves
from churn.evaluate.fairness import fairness
from churn.evaluate.slices import Judged, auc_influence, parts, slices, standard_error
from churn.params import Evaluate

POLICY = Evaluate(bootstrap=60, level=0.95, slice_rows=50, sample_rows=1000)
COUNT = 3000


def judged(seed=0, count=COUNT):
    """A calibrated forecaster, each row a customer."""
    random = np.random.default_rng(seed)
    probability = np.round(random.beta(1.5, 5, count), 2)
    return Judged((random.random(count) < probability).astype(np.int64), probability, np.arange(count))


def test_slices_that_are_small_or_of_one_class_are_left_out(decision):
    """Only parts with enough rows and both outcomes get figures of their own."""
    known = judged(count=600)
    plan = np.array(["big"] * 400 + ["pure"] * 160 + ["small"] * 40, dtype=object)
    known.label[400:560] = 0
    found = slices(pd.DataFrame({"plan": plan}), known, decision, POLICY)
    assert found[["column", "part", "rows"]].to_numpy().tolist() == [["plan", "big", 400]]
    assert found["rate"][0] == pytest.approx(known.label[:400].mean())


def test_every_column_is_cut_into_parts_that_cover_it():
    """Levels, few values, quarters of a number and what is not known are the parts; each row is in one part of a column."""
    frame = pd.DataFrame({"plan": ["a", "b", None, "a"], "senior": [0.0, 1.0, 1.0, 0.0]}, index=range(4))
    frame = pd.concat([frame] * 10, ignore_index=True).assign(charge=np.arange(40.0))
    cut = {(column, name): mask for column, name, mask in parts(frame)}
    names = ["up to 9", "above 9 to 19", "above 19 to 29", "above 29"]
    assert [name for column, name in cut if column == "charge"] == names
    assert [key for key in cut if key[0] != "charge"] == [
        ("plan", "a"), ("plan", "b"), ("plan", "not known"), ("senior", "0"), ("senior", "1"),
    ]  # fmt: skip
    for column in frame.columns:
        assert (np.sum([mask for (name, _), mask in cut.items() if name == column], axis=0) == 1).all()


def test_the_influence_on_the_auc_gives_its_error():
    """The AUC is scikit-learn's, and its standard error is the spread over fresh samples."""
    samples = [judged(seed) for seed in range(200)]
    found = [auc_influence(sample) for sample in samples]
    assert found[0][0] == pytest.approx(roc_auc_score(samples[0].label, samples[0].probability))
    error = np.mean([standard_error(influence, samples[0].group) for _, influence in found])
    assert error == pytest.approx(np.std([auc for auc, _ in found]), rel=0.15)


def test_slice_intervals_cover_the_truth(decision):
    """Over 200 samples the interval of the profit covers the mean of them in 90 to 99 of 100."""
    frame = pd.DataFrame({"plan": ["one"] * 500}, dtype=object)
    found = [slices(frame, judged(seed, 500), decision, POLICY).iloc[0] for seed in range(200)]
    truth = np.mean([row["profit_per_1000"] for row in found])
    covered = np.mean([row["profit_per_1000_low"] <= truth <= row["profit_per_1000_high"] for row in found])
    assert 0.9 <= covered <= 0.99


def test_groups_that_are_treated_alike_show_no_gap(decision):
    """Groups drawn by lot differ in nothing beyond their intervals, more often than not."""
    lots = pd.DataFrame({"lot": np.where(np.random.default_rng(9).random(COUNT) < 0.5, "heads", "tails")}, dtype=object)
    found = fairness(lots, judged(), decision, POLICY)
    assert found["group"].tolist() == ["heads", "tails"]
    for figure in ("contacted", "reached", "bothered", "observed_minus_predicted"):
        assert (found[f"{figure}_gap_low"] < 0).all()
        assert (found[f"{figure}_gap_high"] > 0).all()
        np.testing.assert_allclose(found[f"{figure}_gap"].sum(), 0, atol=1e-12)


def test_a_group_that_is_overlooked_is_seen(decision):
    """Customers whose risk is understated are reached less and leave more than predicted, beyond the interval."""
    known = judged()
    women = np.arange(COUNT) % 2 == 0
    said = Judged(known.label, np.where(women, known.probability / 3, known.probability), known.group)
    frame = pd.DataFrame({"gender": np.where(women, "female", "male")}, dtype=object)
    row = fairness(frame, said, decision, POLICY).set_index("group").loc["female"]
    contacted = decision.contact(said.probability)
    assert row["reached"] == pytest.approx(contacted[women & (known.label == 1)].mean())
    assert row["reached_gap_high"] < 0
    assert row["observed_minus_predicted_low"] > 0


def test_a_protected_column_with_one_group_is_left_out(decision):
    """There is nothing to compare a single group with."""
    frame = pd.DataFrame({"gender": ["female"] * COUNT, "region": ["north"] * (COUNT - 20) + ["south"] * 20}, dtype=object)
    assert fairness(frame, judged(), decision, POLICY).empty


def test_curves_are_small_and_complete(decision):
    """Curves have at most 200 rows; ROC and gain run from (0, 0) to (1, 1); intervals hold what they belong to."""
    known = judged()
    found = curves(known.label, known.probability, known.group, decision, POLICY, seed=0)
    assert set(found) == {"roc", "precision_recall", "calibration", "gain", "lift", "profit"}
    assert all(len(curve) <= 200 for curve in found.values())
    for name in ("roc", "gain"):
        np.testing.assert_allclose(found[name].iloc[[0, -1], :2].to_numpy(), [[0, 0], [1, 1]])
    for name in ("calibration", "gain", "lift", "profit"):
        value, figure = found[name].iloc[:, 1], found[name].columns[1]
        low, high = found[name][f"{figure}_low"], found[name][f"{figure}_high"]
        assert ((low <= value + 1e-9) & (value <= high + 1e-9)).all(), name
    assert found["lift"]["lift"].mean() == pytest.approx(1)
    everybody = 1000 * (decision.churner_gain * known.label.mean() - decision.stayer_loss * (1 - known.label.mean()))
    assert found["profit"]["profit_per_1000"].iloc[-1] == pytest.approx(everybody)
