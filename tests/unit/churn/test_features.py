import numpy as np
import pytest

from churn.contract import Column, Contract
from churn.features.recipes import MOST_LEVELS, bent, many_levelled, one_hot, stepped, with_rates


@pytest.fixture
def small():
    """A contract of one number, one category of two levels and one boolean, and four rows of it."""
    columns = (
        Column(name="n", kind="number", nullable=True, example=1.0),
        Column(name="c", kind="category", nullable=True, example="a", levels=("a", "b")),
        Column(name="b", kind="boolean", nullable=False, example=True),
    )
    contract = Contract(target="t", positive="1", id=None, snapshot=None, missing_words=(), columns=columns)
    rows = [[0, 0, 1], [2, 1, 0], [4, 2, 1], [np.nan, np.nan, 0]]
    return contract, np.array(rows, dtype=np.float32)


def test_trees_see_numbers_as_they_are_and_a_column_for_each_level(small):
    """Numbers stay with their gaps, and a level never seen or missing belongs to no column."""
    contract, matrix = small
    nan = np.nan
    expected = [[0, 1, 1, 0], [2, 0, 0, 1], [4, 1, 0, 0], [nan, 0, 0, 0]]
    np.testing.assert_array_equal(one_hot(contract.columns, matrix).transform(matrix), expected)


def test_linear_models_see_standardised_numbers_without_gaps(small):
    """Numbers have mean 0 and deviation 1 where known, and a missing one stands at the mean."""
    contract, matrix = small
    values = stepped(contract.columns, matrix, bins=2).transform(matrix)
    assert values[:3, 0].mean() == pytest.approx(0, abs=1e-6)
    assert values[:3, 0].std() == pytest.approx(1, abs=1e-6)
    assert values[3, 0] == 0
    assert not np.isnan(values).any()


def test_linear_models_see_what_was_missing(small):
    """A column that may be missing has one indicator, and one that may not has none."""
    contract, matrix = small
    design = stepped(contract.columns, matrix, bins=2)
    assert design.missing == [0, 1]
    indicators = len(design.value) + len(design.above)
    np.testing.assert_array_equal(design.transform(matrix)[:, indicators : indicators + 2], [[0, 0]] * 3 + [[1, 1]])


def test_a_constant_number_is_scaled_by_one(small):
    """A constant column does not divide by zero."""
    contract, matrix = small
    matrix[:, 0] = 7
    assert stepped(contract.columns, matrix, bins=2).scale[0] == 1
    assert np.isfinite(stepped(contract.columns, matrix, bins=2).transform(matrix)).all()


def test_the_design_is_float32(small):
    """The design is computed in the precision that the graph uses."""
    contract, matrix = small
    assert stepped(contract.columns, matrix, bins=3).transform(matrix).dtype == np.float32


def test_linear_models_take_a_number_beyond_the_training_rows_for_the_end_of_their_range(small):
    """Cents for euros say no more than the largest amount that is known, in the value and in every bend of it."""
    contract, matrix = small
    design = bent(stepped(contract.columns, matrix, bins=2), matrix, knots=2)
    for times, known in ((100, np.nanmax(matrix[:, 0])), (-100, np.nanmin(matrix[:, 0]))):
        far, end = matrix[:1].copy(), matrix[:1].copy()
        far[0, 0], end[0, 0] = times * np.nanmax(matrix[:, 0]), known
        seen = [design.transform(row)[0, : len(design.value)] for row in (far, end)]
        np.testing.assert_array_equal(*seen)
        bends = [design.only([0]).transform(row)[0, 1 : 1 + design.bend.count(0)] for row in (far, end)]
        np.testing.assert_array_equal(*bends)


def many(levels):
    return [
        Column(name=f"c{i}", kind="category", nullable=False, example="0", levels=tuple(map(str, range(n))))
        for i, n in enumerate(levels)
    ]


def test_categories_with_most_levels_give_trees_a_rate_instead_of_columns():
    """Small categories get their columns first; where a hundred columns are not enough, the large ones are left over."""
    assert many_levelled(many([3, MOST_LEVELS, 5])) == [1]
    assert many_levelled(many([MOST_LEVELS])) == []


def test_a_row_does_not_see_its_own_outcome_in_a_rate():
    """With a level of its own for each row the rate that training sees says nothing of the row, whatever its outcome."""
    columns, label = many([2, 40]), np.arange(40) % 2
    matrix = np.column_stack([label, np.arange(40)]).astype(np.float32)
    splits = [(np.arange(0, 20), np.arange(20, 40)), (np.arange(20, 40), np.arange(0, 20))]
    design, seen = with_rates(one_hot(columns, matrix, [1]), columns, matrix, label, splits, [1])
    assert design.owners == [1, 0, 0]
    assert len(set(seen[:, 0])) == 1
