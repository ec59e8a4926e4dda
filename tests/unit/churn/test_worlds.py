import numpy as np
import pytest

from churn.simulate.market import NAMES, NEW_REGION, contract
from churn.simulate.worlds import WORLDS, live

CHANGE, MONTHS = 2, 5


def lived(name, seed=1, customers=2000):
    return list(live(WORLDS[name], seed, customers, MONTHS, CHANGE))


@pytest.fixture(scope="module")
def worlds():
    return {name: lived(name) for name in WORLDS}


def mean(period, name):
    return float(np.nanmean(period.matrix[:, NAMES.index(name)]))


def test_who_leaves_follows_the_true_probability(worlds):
    """In every world as many leave as the truth expects, within chance."""
    for months in worlds.values():
        for month in months:
            p = month.probability
            assert abs(month.label.sum() - p.sum()) < 4 * np.sqrt((p * (1 - p)).sum())


def test_rows_are_of_the_contract(worlds):
    """Every world has the twenty columns of the contract, one name for each period."""
    assert tuple(contract().features) == NAMES
    for months in worlds.values():
        assert [month.name for month in months] == ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
        assert {month.matrix.shape for month in months} == {(2000, 20)}


@pytest.mark.parametrize("name", [name for name in WORLDS if name != "seasonal"])
def test_before_the_change_every_world_is_the_same(worlds, name):
    """Until something happens a world lives as the steady one does."""
    for one, other in zip(worlds[name][:CHANGE], worlds["steady"][:CHANGE], strict=True):
        np.testing.assert_array_equal(one.matrix, other.matrix)
        np.testing.assert_array_equal(one.label, other.label)


def test_the_same_seed_is_the_same_world():
    """Equal arguments give equal arrays, and another seed gives others."""
    one, again, other = (lived("price_rise", seed, 100) for seed in (4, 4, 5))
    for a, b in zip(one, again, strict=True):
        np.testing.assert_array_equal(a.matrix, b.matrix)
    assert not np.array_equal(one[0].label, other[0].label)


def test_a_competitor_leaves_the_inputs_alone(worlds):
    """In the month a competitor comes the rows are those of the steady world, and more customers leave."""
    drawn, steady = worlds["competitor"][CHANGE], worlds["steady"][CHANGE]
    np.testing.assert_array_equal(drawn.matrix, steady.matrix)
    assert drawn.probability.mean() > 1.2 * steady.probability.mean()


def test_what_happens(worlds):
    """Prices rise at once or slowly, a region arrives, and usage swings with the seasons."""
    rise = [mean(month, "monthly_charge") for month in worlds["price_rise"]]
    slow = [mean(month, "monthly_charge") for month in worlds["gradual"]]
    assert rise[CHANGE] > 1.15 * rise[CHANGE - 1]
    assert slow[1] < slow[2] < slow[3] < slow[4] < rise[4]
    region = [np.mean(month.matrix[:, NAMES.index("region")] == NEW_REGION) for month in worlds["new_segment"]]
    assert region == [0.0, 0.0, 0.1, 0.15, 0.2]
    data = [mean(month, "data_gb") for month in worlds["seasonal"]]
    assert max(data) > 1.2 * data[0]


@pytest.mark.parametrize("name", [name for name, world in WORLDS.items() if world.right == "broken"])
def test_faults_last_for_their_months_only(worlds, name):
    """A broken feed delivers other rows than the steady world while it is broken; nobody behaves otherwise."""
    for position, (month, steady) in enumerate(zip(worlds[name], worlds["steady"], strict=True)):
        assert month.broken == (position == CHANGE)
        assert np.array_equal(month.matrix, steady.matrix, equal_nan=True) != month.broken


def test_rows_that_come_twice_keep_their_customers(worlds):
    """A row delivered again is the same row of the same customer."""
    month = worlds["duplicate_feed"][CHANGE]
    names, first, counts = np.unique(month.customer, return_index=True, return_counts=True)
    assert (counts == 2).sum() == 666
    for name, position in zip(names[counts == 2][:20], first[counts == 2][:20], strict=True):
        both = month.matrix[month.customer == name]
        np.testing.assert_array_equal(both[0], month.matrix[position])
        np.testing.assert_array_equal(both[0], both[1])
