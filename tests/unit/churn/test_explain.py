"""Explanations: exact, complete, and readable."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from churn.explain.build import build
from churn.explain.explainer import Explainer
from churn.explain.forest import Forest
from churn.explain.reasons import reasons


def value_of(forest: Forest, row, known) -> float:
    """Expected log-odds when only the features in `known` are: every leaf by its conditions or their shares."""
    met = forest._met(row)
    decided = np.isin(forest.feature, list(known))
    return float(forest.value @ np.where(decided, met, forest.share).prod(axis=1))


def shapley(forest: Forest, row) -> list[float]:
    """Shapley values by their definition, over all coalitions."""
    players = range(len(row))
    found = []
    for player in players:
        others = [other for other in players if other != player]
        total = 0.0
        for size in range(len(others) + 1):
            weight = factorial(size) * factorial(len(others) - size) / factorial(len(row))
            for known in combinations(others, size):
                total += weight * (value_of(forest, row, {*known, player}) - value_of(forest, row, known))
        found.append(total)
    return found


@pytest.fixture
def explained(fitted, contract, matrix):
    """A blend of both learners and its explainer."""
    model = fitted("logistic", "boosting")
    return model, build(model, contract, matrix)


def test_contributions_and_base_add_up_to_the_log_odds(explained, matrix):
    """Base plus all contributions is what the model says, whatever is missing or was never seen."""
    model, explainer = explained
    sums = [explainer.base + explainer.contributions(row).sum() for row in matrix[:200]]
    np.testing.assert_allclose(sums, model.log_odds(matrix[:200]), rtol=0, atol=1e-9)


def test_a_level_never_seen_is_explained_too(explained, matrix):
    """A row of codes beyond every level and of missing values adds up as well."""
    model, explainer = explained
    rows = np.stack([np.full(matrix.shape[1], 99, dtype=np.float32), np.full(matrix.shape[1], np.nan, dtype=np.float32)])
    rows[0] = np.where(np.nanmax(matrix, axis=0) > 5, rows[0], np.nanmax(matrix, axis=0) + 1)
    sums = [explainer.base + explainer.contributions(row).sum() for row in rows]
    np.testing.assert_allclose(sums, model.log_odds(rows), rtol=0, atol=1e-9)


def test_contributions_of_trees_are_shapley_values(explained, matrix):
    """They equal the average over all orders of what each feature adds, computed by the definition."""
    forest = explained[1].forests[0]
    for row in matrix[:5]:
        np.testing.assert_allclose(forest.contributions(row), shapley(forest, row), rtol=0, atol=1e-9)


def test_an_explainer_is_kept_without_change(explained, matrix, tmp_path):
    """What is read back explains alike, and equal explainers are equal files."""
    explainer = explained[1]
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        explainer.save(tmp_path / name)
    again = Explainer.read(tmp_path / "one")
    np.testing.assert_array_equal(again.contributions(matrix[0]), explainer.contributions(matrix[0]))
    assert (tmp_path / "one" / "explainer.npz").read_bytes() == (tmp_path / "other" / "explainer.npz").read_bytes()


def test_reasons_are_the_strongest_and_readable(explained, contract, matrix):
    """Reasons come strongest first, each a sentence that names the feature and which way it points."""
    values = contract.example()
    found = reasons(explained[1], contract, values, matrix[0], 3)
    strengths = [abs(reason.contribution) for reason in found]
    assert strengths == sorted(strengths, reverse=True)
    assert len(found) == 3
    for reason in found:
        assert reason.sentence.startswith(reason.feature.replace("_", " "))
        assert ("raises" if reason.contribution > 0 else "lowers") in reason.sentence
