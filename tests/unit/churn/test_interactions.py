"""Pairs of columns that decide together: found, shown to every learner, exported and explained exactly."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from churn.bundle import session
from churn.bundle.graph import to_onnx
from churn.contract import Column, Contract, Pairs
from churn.explain.build import build
from churn.explain.explainer import FILE, Explainer
from churn.features.condition import Condition
from churn.features.interactions import interactions
from churn.features.paired import as_pairs, in_words
from churn.model import Model, fit_member

ROWS = 2000
NAN = np.nan
ODD = [[0, NAN, NAN, NAN], [NAN, 3e38, 3, 1], [-3e38, NAN, 99, 0], [0, 0, 0, NAN]]
LEARNERS = ("logistic", "boosting", "encoded_boosting", "deep_boosting", "extra_trees")


@pytest.fixture(scope="module")
def described() -> Contract:
    """Two numbers of which one may be missing, a category and a boolean."""
    columns = (
        Column(name="use", kind="number", nullable=False, example=0.0),
        Column(name="trend", kind="number", nullable=True, example=0.0),
        Column(name="plan", kind="category", nullable=True, example="a", levels=("a", "b", "c")),
        Column(name="family", kind="boolean", nullable=True, example=True),
    )
    return Contract(target="left", positive="Yes", id=None, snapshot=None, missing_words=(), columns=columns)


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    """Rows in which nothing depends on anything."""
    random = np.random.default_rng(5)
    numbers = random.normal(size=(ROWS, 2))
    numbers[random.random(ROWS) < 0.2, 1] = NAN
    return np.column_stack([numbers, random.integers(0, 3, ROWS), random.integers(0, 2, ROWS)]).astype(np.float32)


@pytest.fixture(scope="module")
def label(drawn) -> np.ndarray:
    """Customers who leave where use and trend have one sign, and families on plan b."""
    use, trend, plan, family = np.nan_to_num(drawn).T
    odds = 1.5 * np.sign(use * trend) + 1.2 * np.where((plan == 1) == (family == 1), 1, -1) - 0.5
    return (np.random.default_rng(6).random(ROWS) < expit(odds)).astype(np.int64)


@pytest.fixture(scope="module")
def model(described, drawn, label, knobs) -> Model:
    """All learners that see pairs."""
    members = {name: fit_member(name, described, drawn, label, knobs) for name in LEARNERS}
    return Model(members, np.array([0.5, 0.4, 0.3, 0.2, 0.1]), -0.1)


def test_columns_that_decide_together_are_found(described, drawn, label):
    """The strongest pairs are those the outcome was made of, each with a condition near its truth."""
    found = interactions(described.columns, drawn, label, None, 20, seed=0)
    assert {tuple(sorted(pair)) for pair in found.columns.tolist()[:2]} == {(0, 1), (2, 3)}
    signs = next(i for i, pair in enumerate(found.columns.tolist()) if sorted(pair) == [0, 1])
    assert np.abs(np.where(np.isfinite(found.low), found.low, found.high)[signs]).max() < 0.35


def test_tables_without_interactions_seldom_show_one(described, drawn):
    """Of sixty outcomes that follow each column alone, at most six show a pair: 5 in 100 are expected."""
    alone = np.nan_to_num(drawn[:, 0]) + (drawn[:, 2] == 1) + 0.5 * np.isnan(drawn[:, 1])
    random = np.random.default_rng(7)
    shown = [
        len(interactions(described.columns, drawn, (random.random(ROWS) < expit(alone)).astype(np.int64), None, 20, seed=0)) > 0
        for _ in range(60)
    ]
    assert sum(shown) <= 6


def curved(random, rows):
    """Two columns that nearly repeat each other, one of which bends the odds."""
    first = random.normal(size=rows)
    second = 0.9 * first + np.sqrt(1 - 0.9**2) * random.normal(size=rows)
    return np.column_stack([first, second]), 2 * np.abs(first) - 2


def skewed(random, rows):
    """Eight skewed columns; three customers in a hundred leave."""
    numbers = random.lognormal(size=(rows, 8))
    return numbers, 0.4 * np.minimum(numbers[:, :3], 6).sum(axis=1) - 5.5


def visited(random, rows):
    """Customers in five rows each, who all leave or all stay, for reasons that no column holds."""
    customer = np.repeat(5 * random.normal(size=rows // 5), 5)
    return np.repeat(random.normal(size=(rows // 5, 4)), 5, axis=0) + 0.1 * random.normal(size=(rows, 4)), customer


@pytest.mark.parametrize("world", [curved, skewed, visited])
def test_what_single_columns_tell_is_not_taken_for_a_pair(world):
    """Of fifteen tables without interactions at most three show one, whatever their columns are like."""
    shown = 0
    for seed in range(15):
        random = np.random.default_rng(seed)
        matrix, odds = world(random, 3000)
        columns = [Column(name=f"c{i}", kind="number", nullable=False, example=0.0) for i in range(matrix.shape[1])]
        group = np.repeat(np.arange(600), 5).astype(np.uint64) if world is visited else None
        label = (random.random(3000) < expit(odds)).astype(np.int64)
        shown += len(interactions(columns, matrix.astype(np.float32), label, group, 20, seed=0)) > 0
    assert shown <= 3


def test_the_few_who_leave_a_large_table_are_all_looked_at(described):
    """A pair shows by a hundred churners among forty thousand customers."""
    random = np.random.default_rng(8)
    numbers = random.normal(size=(40000, 2))
    matrix = np.column_stack([numbers, np.zeros((40000, 2))]).astype(np.float32)
    label = (random.random(40000) < np.where(numbers.prod(axis=1) > 0, 0.005, 0.0003)).astype(np.int64)
    assert len(interactions(described.columns, matrix, label, None, 20, seed=0)) > 0


def test_months_before_a_customer_leaves_hide_nothing(described):
    """In twelve rows of each customer, of which at most one is a leaving, pairs show as they do in one row of each."""
    random = np.random.default_rng(9)
    numbers = random.normal(size=(24000, 2))
    matrix = np.column_stack([numbers, np.zeros((24000, 2))]).astype(np.float32)
    left = np.flatnonzero(random.random(24000) < np.where(numbers.prod(axis=1) > 0, 0.012, 0.004))
    customer, label = np.repeat(np.arange(2000), 12), np.zeros(24000, dtype=np.int64)
    label[left[np.unique(customer[left], return_index=True)[1]]] = 1
    assert len(interactions(described.columns, matrix, label, customer.astype(np.uint64), 20, seed=0)) > 0


@pytest.mark.parametrize("label", [np.zeros(30, dtype=int), (np.arange(30) < 3).astype(int), np.arange(30) % 2])
def test_few_rows_show_nothing(described, drawn, label):
    """Where no pair can be told from chance there is none."""
    assert len(interactions(described.columns, drawn[:30], label, None, 20, seed=0)) == 0


def test_no_pair_is_looked_for_where_none_may_be_shown(described, drawn, label):
    """With `interactions: 0` learners see each column alone."""
    assert len(interactions(described.columns, drawn, label, None, 0, seed=0)) == 0


def test_a_pair_is_1_where_both_conditions_hold_or_neither_does():
    """Bounds are open below and closed above, a code is an interval, and what is missing counts as declared."""
    pairs = Pairs(
        columns=np.array([[0, 1], [0, 1]]),
        low=np.array([[1, 0.5], [np.inf, 0.5]], dtype=np.float32),
        high=np.array([[2, 1.5], [np.inf, 1.5]], dtype=np.float32),
        missing=np.array([[False, False], [True, False]]),
    )
    rows = np.array([[1, 1], [2, 1], [2, 0], [NAN, 1], [NAN, NAN], [3, 2]], dtype=np.float32)
    np.testing.assert_array_equal(pairs.of(rows), [[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]])


def test_learners_see_what_no_column_tells_alone(described, drawn, label, knobs):
    """A logistic regression ranks customers by pairs, and without them hardly at all."""
    half = ROWS // 2
    shown, alone = (
        fit_member("logistic", described, drawn[:half], label[:half], knobs.model_copy(update={"interactions": most}))
        for most in (20, 0)
    )
    assert roc_auc_score(label[half:], shown.score(drawn[half:])) > 0.8
    assert roc_auc_score(label[half:], alone.score(drawn[half:])) < 0.65


@pytest.mark.filterwarnings("ignore:overflow encountered in exp:RuntimeWarning")  # whose infinity gives the right 0
def test_the_graph_computes_pairs_alike(model, drawn):
    """The exported graph and the model agree within 1e-6 on usual and odd rows."""
    rows = np.vstack([drawn, np.array(ODD, dtype=np.float32)])
    scores = session.run(session.load(to_onnx(model, rows.shape[1])), rows)
    np.testing.assert_allclose(scores, model.probability(rows), rtol=0, atol=1e-6)


def test_what_pairs_contribute_is_part_of_the_log_odds(model, described, drawn):
    """Base plus contributions is the log-odds, and there are as many as columns."""
    explainer = build(model, described, drawn)
    rows = np.vstack([drawn[:50], np.array(ODD, dtype=np.float32)])
    parts = np.array([explainer.contributions(row) for row in rows])
    assert parts.shape == (len(rows), len(described.columns))
    np.testing.assert_allclose(explainer.base + parts.sum(axis=1), model.log_odds(rows), rtol=0, atol=1e-9)


def test_columns_of_a_pair_share_what_it_contributes(described, drawn, label, knobs):
    """Use and trend tell nothing alone, so each is credited with half of what they tell together."""
    model = Model({"logistic": fit_member("logistic", described, drawn, label, knobs)}, np.array([1.0]), 0.0)
    explainer = build(model, described, drawn)
    parts = np.array([explainer.contributions(row) for row in drawn[:200]])
    assert np.corrcoef(parts[:, 0], parts[:, 1])[0, 1] > 0.7


def test_an_explainer_keeps_its_pairs(model, described, drawn, tmp_path):
    """What is read back explains alike."""
    explainer = build(model, described, drawn)
    explainer.save(tmp_path)
    np.testing.assert_array_equal(Explainer.read(tmp_path).contributions(drawn[0]), explainer.contributions(drawn[0]))


def test_an_explainer_of_a_bundle_without_pairs_is_read(model, described, drawn, tmp_path):
    """Bundles of an older program hold none, and are opened as they are."""
    build(model, described, drawn).save(tmp_path)
    with np.load(tmp_path / FILE) as found:
        kept = {name: array for name, array in found.items() if not name.startswith("pairs.")}
    np.savez(tmp_path / FILE, **kept)
    assert len(Explainer.read(tmp_path).pairs) == 0


def test_learners_of_one_model_must_see_the_same_pairs(described, drawn, label, knobs):
    """Learners of other rows found other pairs, which one explanation cannot tell of."""
    one = fit_member("logistic", described, drawn, label, knobs)
    other = fit_member("boosting", described, drawn[:700], label[:700], knobs)
    with pytest.raises(ValueError, match="different pairs"):
        build(Model({"logistic": one, "boosting": other}, np.array([0.5, 0.5]), 0.0), described, drawn)


def test_pairs_are_told_in_words(described):
    """Each side reads as a condition that people understand, whatever it asks."""
    conditions = [Condition(0, "above", 6), Condition(1, "at most", 2.5), Condition(2, "is", 1), Condition(1, "missing")]
    pairs = as_pairs([(conditions[0], conditions[1]), (conditions[2], conditions[3])])
    told = [("use above 6", "trend at most 2.5"), ("plan is b", "trend not known")]
    assert in_words(pairs, described.columns) == told
