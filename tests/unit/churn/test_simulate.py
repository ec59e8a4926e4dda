from itertools import islice

import numpy as np
import pandas as pd
import pytest

from churn.simulate import PRICE_RISE, live, write


@pytest.fixture(scope="module")
def calm():
    return list(live(seed=1, customers=2000, months=10))


@pytest.fixture(scope="module")
def risen():
    """The same company, where prices rise in the ninth month."""
    return list(live(seed=1, customers=2000, months=10, price_rise=9))


@pytest.mark.parametrize("company", ["calm", "risen"])
def test_who_leaves_follows_the_true_probability(request, company):
    """Over all months and in each tenth of the risk, as many leave as the truth expects, within chance."""
    months = request.getfixturevalue(company)
    probability = np.concatenate([month.probability for month in months])
    churned = np.concatenate([month.churned for month in months])
    for part in [np.arange(len(churned)), *np.array_split(np.argsort(probability), 10)]:
        p = probability[part]
        assert abs(churned[part].sum() - p.sum()) < 4 * np.sqrt((p * (1 - p)).sum())


def test_months_before_the_rise_are_the_same(calm, risen):
    """Until prices rise the company lives exactly as it would have."""
    for one, other in zip(calm[:8], risen[:8], strict=True):
        pd.testing.assert_frame_equal(one.rows, other.rows)
        np.testing.assert_array_equal(one.churned, other.churned)


def test_the_price_rise_changes_charges_and_calls(calm, risen):
    """In the ninth month charges and calls rise, and the columns that say who a customer is stay."""
    before, after = calm[8].rows, risen[8].rows
    assert after["monthly_charge"].mean() / before["monthly_charge"].mean() == pytest.approx(PRICE_RISE, abs=0.05)
    assert after["support_calls"].mean() > 1.4 * before["support_calls"].mean()
    for name in ("customer_id", "age", "region", "contract", "tenure_months"):
        pd.testing.assert_series_equal(before[name], after[name])


def test_the_price_rise_changes_who_leaves(calm, risen):
    """The same customers have another order of risk after the rise."""
    ranks = [pd.Series(months[8].probability).rank() for months in (calm, risen)]
    assert ranks[0].corr(ranks[1]) < 0.8


def test_the_company_keeps_its_size(calm):
    """Each month has the same number of customers, all different, with newcomers in the place of leavers."""
    for month in calm:
        assert month.rows["customer_id"].nunique() == 2000
    stayed = set(calm[0].rows["customer_id"][~calm[0].churned])
    assert set(calm[0].rows["customer_id"]) & set(calm[1].rows["customer_id"]) == stayed


def test_stayers_grow_older_as_customers(calm):
    """Who stays has one more month of tenure, and a newcomer none."""
    first, second = (month.rows.set_index("customer_id")["tenure_months"] for month in calm[:2])
    both = first.index.intersection(second.index)
    assert (second[both] == first[both] + 1).all()
    assert (second.drop(both) == 0).all()


def test_the_truth_is_not_in_the_files(tmp_path):
    """A written month has the outcome, and no column with the true probability."""
    (path,) = write(tmp_path, seed=3, customers=50, months=1)
    table = pd.read_csv(path)
    assert set(table["churned"]) <= {"Yes", "No"}
    assert not any("prob" in name for name in table)


def test_more_months_continue_the_same_life():
    """The first months are the same however long the story is."""
    (short,) = live(seed=5, customers=100, months=1)
    (long,) = islice(live(seed=5, customers=100, months=12), 1)
    pd.testing.assert_frame_equal(short.rows, long.rows)


def test_months_count_over_the_turn_of_the_year():
    """The thirteenth month is January of the next year."""
    assert [month.name for month in live(seed=5, customers=20, months=13)][-2:] == ["2025-12", "2026-01"]
