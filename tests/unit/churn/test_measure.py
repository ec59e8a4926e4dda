import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from churn.contract import Column, Contract
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.evaluate.importance import Asked, dependence, importance
from churn.evaluate.learning import learning_curve, out_of_time
from churn.evaluate.measure import History, measure
from churn.evaluate.refit import NOTHING
from churn.evaluate.slices import Judged
from churn.evaluate.write import write
from churn.params import load

COUNT = 1500
CONTRACT = Contract(
    target="left", positive="Yes", id=None, snapshot=None, missing_words=(),
    columns=(
        Column(name="tenure", kind="number", nullable=True, example=12.0),
        Column(name="plan", kind="category", nullable=False, example="basic", levels=("basic", "<pro>")),
        Column(name="noise", kind="number", nullable=False, example=0.0),
    ),
)  # fmt: skip


def score(matrix):
    """The truth: short tenure leaves, the second plan more so, and noise says nothing."""
    odds = 0.5 - np.nan_to_num(matrix[:, 0], nan=30) / 15 + 1.2 * (matrix[:, 1] == 1)
    return 1 / (1 + np.exp(-odds.astype(np.float64)))


@pytest.fixture(scope="module")
def asked():
    random = np.random.default_rng(0)
    columns = [random.integers(0, 60, COUNT), random.integers(0, 2, COUNT), random.normal(size=COUNT)]
    matrix = np.column_stack(columns).astype(np.float32)
    matrix[random.random(COUNT) < 0.1, 0] = np.nan
    probability = score(matrix)
    return Asked(
        CONTRACT, matrix, Judged((random.random(COUNT) < probability).astype(np.int64), probability, np.arange(COUNT)), score
    )


def test_importance_tells_what_the_model_relies_on(asked):
    """Columns that decide are first and clear of zero; one that the model never reads has none."""
    found = importance(asked, 0.95, seed=0).set_index("column")
    assert found.index.tolist()[-1] == "noise"
    np.testing.assert_allclose(found.loc["noise", ["value", "low", "high"]].astype(float), 0, atol=1e-12)
    assert (found.loc[["tenure", "plan"], "low"] > 0).all()


def test_importance_is_the_loss_that_shuffling_costs(asked):
    """The figure is near the log loss with many shuffles less the log loss without."""
    random = np.random.default_rng(1)

    def loss(matrix):
        p = score(matrix)
        return -np.log(np.where(asked.judged.label == 1, p, 1 - p)).mean()

    shuffled = [loss(np.column_stack([random.permutation(asked.matrix[:, 0]), asked.matrix[:, 1:]])) for _ in range(50)]
    row = importance(asked, 0.95, seed=0).set_index("column").loc["tenure"]
    assert row["low"] < np.mean(shuffled) - loss(asked.matrix) < row["high"]


def test_dependence_follows_the_truth(asked):
    """The mean probability falls with tenure, and a category has a row for each level by name."""
    months = dependence(asked, "tenure", 0.95)
    assert (np.diff(months["value"].astype(float)) < 0).all()
    plans = dependence(asked, "plan", 0.95)
    assert plans["at"].tolist() == ["basic", "<pro>"]
    everybody = asked.matrix.copy()
    everybody[:, 1] = 1
    assert plans["value"].iloc[1] == pytest.approx(score(everybody).mean())


def refits(asked):
    """Fewer rows know less: the truth in log-odds, cut down; earlier ones tell the newest third with less still."""
    odds = np.log(asked.judged.probability / (1 - asked.judged.probability))
    newest = np.arange(2 * COUNT // 3, COUNT)
    parts = [("fewer", 1000, np.arange(COUNT), 0.3), ("fewer", 3000, np.arange(COUNT), 0.8), ("earlier", 4000, newest, 0.5)]
    return pd.concat(
        pd.DataFrame({"kind": kind, "learned": learned, "row": row, "probability": 1 / (1 + np.exp(-known * odds[row]))})
        for kind, learned, row, known in parts
    )


@pytest.fixture(scope="module")
def measured(asked, template):
    params = load(template)
    data = params.data.model_copy(
        update={"columns": {"tenure": "number", "plan": "category", "noise": "number"}, "protected": ("plan",)}
    )
    params = params.model_copy(update={"data": data, "evaluate": params.evaluate.model_copy(update={"bootstrap": 30})})
    plans = np.array(["basic", "<pro>"], dtype=object)[asked.matrix[:, 1].astype(int)]
    frame = pd.DataFrame({"tenure": asked.matrix[:, 0], "plan": plans, "noise": asked.matrix[:, 2]})
    rows = Labelled(frame, asked.judged.label, asked.judged.group.astype(np.uint64), np.full(COUNT, "2026-01", dtype=object))
    figures = {"auc": 0.8, "log_loss": 0.5}
    contest = {"chosen": "truth", "cv": figures, "tried": {"truth": figures, "<lie>": figures}, "export_error": 0.0}
    return measure(rows, asked, params, History(contest, 6000, refits(asked))), params


def test_everything_is_written(measured, tmp_path):
    """Metrics are one number for each figure, there is a file for each table and picture, and JSON is strict."""
    found, params = measured
    write(tmp_path, found, params)
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert list(metrics)[: len(found.found["test"])] == list(found.found["test"])
    assert metrics["cv_auc"] == 0.8
    assert metrics["observed_calibration_error"] == round(found.found["calibration"]["observed_error"], 6)
    assert metrics["out_of_time_log_loss"] == round(found.found["out_of_time"]["log_loss"]["value"], 6)
    assert all(isinstance(value, float) for value in metrics.values())
    assert json.loads((tmp_path / "figures.json").read_text()) == json.loads(json.dumps(found.found, allow_nan=False))
    assert set(found.tables) == {path.stem for path in tmp_path.glob("*.csv")}
    pictures = {path.stem: path.read_text() for path in (tmp_path / "pictures").iterdir()}
    drawn = {"calibration", "gain", "lift", "profit", "roc", "precision_recall", "importance", "learning_auc",
             "learning_log_loss", "learning_profit_per_1000"}  # fmt: skip
    assert set(pictures) == drawn | {"dependence_1", "dependence_2", "dependence_3"}
    assert all(svg.startswith("<svg") and "nan" not in svg for svg in pictures.values())


def test_the_report_shows_figures_groups_and_columns(measured, tmp_path, page):
    """A person who opens the page in a browser reads the figures, the slices, the protected groups and each column."""
    found, params = measured
    write(tmp_path, found, params)
    drawn = page((tmp_path / "report.html").as_uri())
    for text in (
        "How good is the model?",
        "expected maximum profit",
        "so its cross-validated AUC of 0.8000 is that of a winner",
        "&lt;lie&gt;",
        "Going from 3,000 rows to 6,000 brought",
        "learned from 4,000 rows of earlier snapshots and judged on 500 rows",
        "churners reached so far",
        "plan: &lt;pro&gt;",
        "Difference to the others",
        "tenure",
    ):
        assert text in drawn
    assert "<pro>" not in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_equal_seeds_measure_equally(measured, asked):
    """Measuring again gives equal tables."""
    found, params = measured
    again = importance(asked.sample(params.evaluate.sample_rows, params.train.seed), 0.95, params.train.seed)
    pd.testing.assert_frame_equal(found.tables["importance"], again)


def test_the_learning_curve_ends_with_the_model(measured):
    """Rows rise, what is to come falls to nothing, and each figure lies within its interval."""
    curve = measured[0].tables["learning_curve"]
    assert curve["rows"].tolist() == [1000, 3000, 6000]
    assert (np.diff(curve["log_loss"]) < 0).all()
    assert (curve["log_loss_to_come_high"].iloc[0] < 0) and (curve["log_loss_to_come"].iloc[-1] == 0)
    for name in ("auc", "log_loss", "profit_per_1000"):
        assert curve[name].between(curve[f"{name}_low"], curve[f"{name}_high"]).all()


def test_out_of_time_is_judged_on_the_newest_rows_alone(measured, asked):
    """The figures are those of the earlier rows' model on the rows that it was asked about, beside the model on the same."""
    found, newest = measured[0].found["out_of_time"], slice(2 * COUNT // 3, COUNT)
    label, model = asked.judged.label[newest], asked.judged.probability[newest]
    earlier = refits(asked).query("kind == 'earlier'")["probability"].to_numpy()
    assert (found["learned"], found["rows"], found["churners"]) == (4000, COUNT // 3, label.sum())
    assert found["log_loss"]["value"] == pytest.approx(log_loss(label, earlier))
    assert found["log_loss_to_come"]["value"] == pytest.approx(log_loss(label, model) - log_loss(label, earlier))


def test_without_refits_there_is_neither(measured, asked):
    """A table of one snapshot and an empty evaluate.learning_curve give a curve of one point and no later figures."""
    params, judged = measured[1], asked.judged
    decision = Decision.of(params.problem)
    assert learning_curve(NOTHING, judged, 6000, decision, params.evaluate, 0)["rows"].tolist() == [6000]
    assert out_of_time(NOTHING, judged, decision, params.evaluate, 0) == {}
