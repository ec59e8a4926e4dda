from pathlib import Path

import numpy as np
import pytest

from churn.bundle.pack import export
from churn.contract import Column, Contract
from churn.explain.explainer import Explainer
from churn.params import FewColumns, Rule
from churn.simple.few import fit_few
from churn.simple.rule import find_rule, fit_rule

KNOBS = Rule(conditions=2, edges=20)
CONTRACT = Contract(
    target="left", positive="Yes", id=None, snapshot=None, missing_words=(),
    columns=(
        Column(name="tenure", kind="number", nullable=True, example=12.0),
        Column(name="contract", kind="category", nullable=False, example="monthly", levels=("monthly", "yearly")),
        Column(name="family", kind="boolean", nullable=False, example=True),
        Column(name="noise", kind="number", nullable=False, example=0.0),
    ),
)  # fmt: skip


def customers(count=4000, seed=0):
    random = np.random.default_rng(seed)
    columns = [
        random.integers(0, 40, count),
        random.integers(0, 2, count),
        random.integers(0, 2, count),
        random.normal(size=count),
    ]
    return np.column_stack(columns).astype(np.float32), random


def leaves(inside, random):
    """Four of five customers inside leave, one of twenty outside."""
    return (random.random(len(inside)) < np.where(inside, 0.8, 0.05)).astype(np.int64)


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        (lambda m: (m[:, 1] == 0) & (m[:, 0] <= 9), "contract is monthly and tenure at most 9"),
        (lambda m: (m[:, 2] == 1) & (m[:, 1] != 0), "contract is yearly and family is yes"),
        (lambda m: m[:, 0] > 28, "tenure above 28"),
        (lambda m: np.isnan(m[:, 0]), "tenure not known"),
    ],
)
def test_a_planted_rule_is_found(inside, sentence):
    """Customers who leave by a rule of one or two conditions give that rule, in plain words."""
    matrix, random = customers()
    matrix[random.random(len(matrix)) < 0.2, 0] = np.nan
    rule = find_rule(CONTRACT, matrix, leaves(inside(matrix), random), KNOBS)
    assert set(rule.sentence(CONTRACT).replace("is not monthly", "is yearly").split(" and ")) == set(sentence.split(" and "))


def test_cheap_contacts_make_a_wider_rule():
    """At a low break-even the rule reaches more customers than at a high one."""
    matrix, random = customers()
    label = (random.random(len(matrix)) < 0.6 - matrix[:, 0] / 80).astype(np.int64)
    knobs = [KNOBS.model_copy(update={"conditions": 1, "break_even": rate}) for rate in (0.25, 0.5)]
    low, high = (find_rule(CONTRACT, matrix, label, knob).conditions[0].holds(matrix).sum() for knob in knobs)
    assert low > 2 * high


def test_a_rule_has_two_probabilities():
    """Who meets the rule has the log-odds of those who did in training, everybody else those of the rest."""
    matrix, random = customers()
    inside = matrix[:, 1] == 0
    label = leaves(inside, random)
    design, tree = fit_rule(CONTRACT, matrix, label, KNOBS)
    scores = 1 / (1 + np.exp(-tree.decision_function(design.transform(matrix).astype(np.float64))))
    np.testing.assert_allclose(scores, np.where(inside, label[inside].mean(), label[~inside].mean()), atol=1e-3)


def test_a_table_without_any_value_gives_no_rule():
    """Where every level is unseen and nothing else is known, everybody is treated alike."""
    contract = CONTRACT.model_copy(update={"columns": CONTRACT.columns[1:2]})
    matrix = np.full((50, 1), np.nan, dtype=np.float32)
    label = np.arange(50) % 2
    assert find_rule(contract, matrix, label, KNOBS).sentence(contract) == "everybody"
    design, tree = fit_rule(contract, matrix, label, KNOBS)
    np.testing.assert_allclose(tree.decision_function(design.transform(matrix)), 0.0)


def test_the_columns_that_say_something_are_chosen():
    """Of four columns the two that the outcome depends on are chosen, and no other is read."""
    matrix, random = customers()
    odds = 1.5 - matrix[:, 0] / 10 + 2 * matrix[:, 1]
    label = (random.random(len(matrix)) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    design, estimator = fit_few(CONTRACT, matrix, label, FewColumns(columns=2, bins=5, c=1))
    assert {*design.value, *design.above, *design.missing, *design.equals} == {0, 1}
    assert estimator.coef_.shape == (1, design.transform(matrix).shape[1])


@pytest.mark.parametrize("learner", ["rule", "few_columns"])
def test_simple_models_are_exported_and_explained_like_any_other(learner, fitted, contract, matrix, rows, tmp_path: Path):
    """The graph scores within 1e-6 of the model, and the reasons for a score add up to its log-odds."""
    model = fitted(learner)
    assert export(tmp_path, model, contract, rows) < 1e-6
    explainer = Explainer.read(tmp_path)
    told = [explainer.base + explainer.contributions(row).sum() for row in matrix[:50]]
    np.testing.assert_allclose(told, model.log_odds(matrix[:50]), atol=1e-6)
