"""The exported graph against the model it was made of."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from churn.bundle import session
from churn.bundle.graph import to_onnx
from churn.bundle.pack import export
from churn.contract import Column, Contract
from churn.errors import ExportInexact
from churn.features.recipes import MOST_LEVELS, one_hot, stepped
from churn.model import Member, Model, fit_member

LEARNERS = ("logistic", "boosting", "encoded_boosting", "deep_boosting", "extra_trees", "lightgbm")
COMBINATIONS = [*((learner,) for learner in LEARNERS), ("logistic", "boosting"), LEARNERS]
ODD_ROWS = [
    [np.nan, np.nan, np.nan, np.nan],  # all missing
    [10, 30, 3, 1],  # a plan never seen
    [1e30, -1e30, 0, 0],
    [np.finfo(np.float32).tiny, -0.0, 1, 1],
    [-5, 1e-30, 99, 2],  # codes outside of every level
]


def graph_scores(model, matrix):
    return session.run(session.load(to_onnx(model, matrix.shape[1])), matrix)


@pytest.fixture(params=COMBINATIONS, ids="+".join)
def model(request, fitted):
    return fitted(*request.param)


def test_the_graph_scores_like_the_model(model, matrix):
    """Probabilities of the graph and the model agree within 1e-6 on the rows of training."""
    np.testing.assert_allclose(graph_scores(model, matrix), model.probability(matrix), rtol=0, atol=1e-6)


@pytest.mark.filterwarnings("ignore:overflow encountered in exp:RuntimeWarning")  # whose infinity gives the right 0
def test_the_graph_scores_odd_rows_like_the_model(model):
    """They agree on missing values, codes never seen, and floats far out of range."""
    odd = np.array(ODD_ROWS, dtype=np.float32)
    np.testing.assert_allclose(graph_scores(model, odd), model.probability(odd), rtol=0, atol=1e-6)


def test_the_graph_scores_one_row_as_many(model, matrix):
    """A row gets the same bits alone and among others."""
    together = graph_scores(model, matrix[:20])
    alone = [graph_scores(model, matrix[i : i + 1])[0] for i in range(20)]
    np.testing.assert_array_equal(together, alone)


def test_rows_beside_a_threshold_take_the_branch_of_the_model(fitted, rows):
    """A float32 value at or just beside a double threshold goes the same way in both."""
    model = fitted("boosting")
    nodes = np.concatenate([stage[0].nodes for stage in model.members["boosting"].estimator._predictors])
    splits = nodes[(nodes["is_leaf"] == 0) & np.isfinite(nodes["num_threshold"]) & (nodes["feature_idx"] < 2)]
    assert len(splits) > 20
    base = np.array([10, 30, 0, 1], dtype=np.float32)
    near = []
    for feature, threshold in zip(splits["feature_idx"], splits["num_threshold"].astype(np.float32), strict=True):
        for value in (np.nextafter(threshold, np.float32(-np.inf)), threshold, np.nextafter(threshold, np.float32(np.inf))):
            row = base.copy()
            row[feature] = value
            near.append(row)
    matrix = np.array(near)
    np.testing.assert_allclose(graph_scores(model, matrix), model.probability(matrix), rtol=0, atol=1e-6)


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("kind", ["number", "category"])
def test_a_contract_of_one_kind_can_be_exported(contract, matrix, rows, knobs, learner, kind):
    """A contract with only numbers, or only categories, has a graph as well."""
    columns = tuple(column for column in contract.columns if column.kind == kind)
    part = matrix[:, [contract.columns.index(column) for column in columns]]
    narrow = Contract.model_validate(contract.model_dump() | {"columns": [c.model_dump() for c in columns]})
    model = Model({learner: fit_member(learner, narrow, part, rows.label, knobs)}, np.array([1.0]), 0.0)
    np.testing.assert_allclose(graph_scores(model, part), model.probability(part), rtol=0, atol=1e-6)


@pytest.mark.parametrize("learner", LEARNERS)
def test_categories_of_few_and_of_many_levels_can_be_exported(knobs, learner):
    """What a learner reads as columns of levels beside rates of churn is the same in the graph, also for a level never seen."""
    few, many = (tuple(map(str, range(count))) for count in (3, MOST_LEVELS + 20))
    columns = [
        Column(name=str(len(levels)), kind="category", nullable=True, example="0", levels=levels) for levels in (few, many)
    ]
    wide = Contract(target="t", positive="1", id=None, snapshot=None, missing_words=(), columns=columns)
    random = np.random.default_rng(0)
    matrix = np.column_stack([random.integers(0, len(levels) + 1, 600) for levels in (few, many)]).astype(np.float32)
    matrix[::50] = np.nan
    label = (random.random(600) < 0.2 + 0.5 * (matrix[:, 1] % 2 == 0)).astype(int)
    model = Model({learner: fit_member(learner, wide, matrix, label, knobs)}, np.array([1.0]), 0.0)
    np.testing.assert_allclose(graph_scores(model, matrix), model.probability(matrix), rtol=0, atol=1e-6)


def weighted_sum(design, matrix):
    """A model whose log-odds are a sum of the design's columns, each with a weight of its own."""
    estimator = LogisticRegression()
    estimator.classes_ = np.array([0, 1])
    estimator.coef_ = np.geomspace(1, 1e-3, design.transform(matrix).shape[1])[None, :]
    estimator.intercept_ = np.array([0.0])
    return Model({"logistic": Member(design, estimator)}, np.array([1.0]), 0.0)


@pytest.mark.parametrize("bins", [2, 7])
def test_the_stepped_design_is_the_same_in_the_graph(contract, matrix, bins):
    """A weighted sum of all columns of the design is equal in numpy and in the graph."""
    design = stepped(contract.columns, matrix, bins)
    model = weighted_sum(design, matrix)
    np.testing.assert_allclose(graph_scores(model, matrix), model.probability(matrix), rtol=0, atol=1e-12)


def test_the_one_hot_design_is_the_same_in_the_graph(contract, matrix):
    """One-hot columns and numbers with their gaps are equal in numpy and in the graph."""
    design = one_hot(contract.columns, matrix)
    known = matrix[~np.isnan(matrix).any(axis=1)]
    model = weighted_sum(design, known)
    np.testing.assert_allclose(graph_scores(model, known), model.probability(known), rtol=0, atol=1e-12)


def test_equal_models_give_equal_bytes(fitted):
    """Fitting and exporting twice gives the same bytes."""
    one, other = (to_onnx(fitted("logistic", "boosting"), 4) for _ in range(2))
    assert one == other


class Wrong(Model):
    """A model that says something else than its members."""

    def probability(self, matrix):
        return super().probability(matrix) + 2e-6


class Undefined(Model):
    """A model whose answers are not numbers."""

    def probability(self, matrix):
        return np.full(len(matrix), np.nan)


@pytest.mark.parametrize("kind", [Wrong, Undefined])
def test_an_inexact_export_is_refused_and_writes_no_graph(tmp_path, fitted, contract, rows, kind):
    """A graph that differs from its model by more than 1e-6, or by NaN, is never written."""
    model = fitted("logistic")
    with pytest.raises(ExportInexact) as caught:
        export(tmp_path / "model", kind(model.members, model.weights, model.bias), contract, rows)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "model").iterdir()) == []


def test_the_largest_floats_have_a_probability(contract, matrix, rows, knobs):
    """Values at the ends of float32 get a probability, since the API lets them in."""
    columns = contract.columns[:2]
    narrow = contract.model_copy(update={"columns": columns})
    small = np.nan_to_num(matrix[:, :2], nan=30) / np.float32(1e4)
    label = (small[:, 0] * 15 > small[:, 1] * 20).astype(np.int64)
    model = Model({"logistic": fit_member("logistic", narrow, small, label, knobs)}, np.array([1.0]), 0.0)
    most = np.finfo(np.float32).max
    corners = np.array([[most, most], [-most, -most], [most, -most]], dtype=np.float32)
    assert np.isfinite(graph_scores(model, corners)).all()
