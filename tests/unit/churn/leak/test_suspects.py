"""The leak guard on honest and on disguised columns."""

import numpy as np
import pandas as pd
import pytest

from churn.data.conform import conform
from churn.data.infer import infer
from churn.data.read import read_table
from churn.data.words import MISSING_WORDS
from churn.leak import suspects
from churn.simulate import live


def accused(frame, label, group=None):
    group = np.arange(len(label), dtype=np.uint64) if group is None else group
    return [suspect.column for suspect in suspects(frame, label, group) if suspect.accused]


def public(path, target, positive, identity=None):
    raw = read_table(path).drop(columns=identity or [])
    label = (raw.pop(target) == positive).to_numpy().astype(np.int64)
    return conform(raw, infer(raw, []).columns, MISSING_WORDS), label


def company(rows):
    """The features of the demo company."""
    features = rows.drop(columns=["customer_id", "month"]).reset_index(drop=True)
    return features.astype({"streaming": float, "family": float})


@pytest.fixture(params=["telco", "mlc_churn", "demo"])
def world(request):
    """Honest columns and a label: two public tables and a month of the demo company."""
    if request.param == "telco":
        return public(request.getfixturevalue("telco"), "Churn", "Yes", "customerID")
    if request.param == "mlc_churn":
        return public(request.getfixturevalue("mlc_churn"), "churn", "yes")
    (month,) = live(7, 5000, 1)
    return company(month.rows), month.churned.astype(np.int64)


def test_every_disguise_is_found_and_no_honest_column_accused(world, disguises):
    """Of thirty kinds of disguise beside the honest columns of a table, exactly the disguised are accused."""
    frame, label = world
    hidden = disguises(label, np.random.default_rng(1))
    assert len(hidden.columns) >= 28
    assert set(accused(pd.concat([frame, hidden], axis=1), label)) == set(hidden.columns)


@pytest.mark.parametrize("share", [0.03, 0.15, 0.3, 0.5])
@pytest.mark.parametrize("rows", [400, 2000, 10_000])
def test_honest_columns_of_many_kinds_are_not_accused(honests, rows, share):
    """Some twenty-five kinds of honest column are left in peace at any size and rate of churn, by every seed."""
    for seed in range(3):
        random = np.random.default_rng(seed)
        label = (random.random(rows) < share).astype(np.int64)
        assert accused(honests(label, random), label) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_rows_are_enough(world, disguises, seed):
    """A sample of 1,000 rows accuses every disguise and no honest column."""
    random = np.random.default_rng(seed)
    rows = random.permutation(len(world[1]))[:1000]
    frame, label = world[0].iloc[rows].reset_index(drop=True), world[1][rows]
    hidden = disguises(label, random).drop(columns="why, of some")
    assert set(accused(pd.concat([frame, hidden], axis=1), label)) >= set(hidden.columns)
    assert accused(frame, label) == []


@pytest.mark.parametrize("months", [6])
def test_months_before_and_after_a_price_rise_accuse_nothing(months):
    """Many snapshots of the same customers, grouped by customer, have no suspect among their columns."""
    lived = list(live(3, 800, months, price_rise=4))
    rows, label = pd.concat([month.rows for month in lived]), np.concatenate([month.churned for month in lived])
    group = pd.util.hash_pandas_object(rows["customer_id"], index=False).to_numpy()
    assert suspects(company(rows), label.astype(np.int64), group) == []


def test_chance_accuses_nothing():
    """Two hundred rows of pure noise in 300 columns of every kind have no suspect."""
    random = np.random.default_rng(0)
    label = (random.random(200) < 0.1).astype(np.int64)
    numbers = {f"n{i}": random.normal(size=200) for i in range(100)}
    empty = {f"e{i}": np.where(random.random(200) < 0.9, np.nan, 1.0) for i in range(100)}
    names = {f"c{i}": random.choice([f"level {k}" for k in range(i + 2)], 200).astype(object) for i in range(100)}
    assert suspects(pd.DataFrame(numbers | empty | names), label, np.arange(200, dtype=np.uint64)) == []


@pytest.mark.parametrize("share", [0.02, 0.1, 0.25])
def test_strong_honest_columns_stay(share):
    """Columns of a bank with an AUC of 0.83, and a count whose rare values nearly always mean leaving, are not accused."""
    random = np.random.default_rng(5)
    label = (random.random(10_000) < share).astype(np.int64)
    frame = pd.DataFrame(
        {
            "balance": random.normal(1.35 * label, 1),
            "products": np.where(label, random.choice(4, 10_000, p=[0.69, 0.17, 0.11, 0.03]), random.choice(2, 10_000)) * 1.0,
            "phone": np.where(random.random(10_000) < 0.1 + 0.12 * label, np.nan, 1.0),
        }
    )
    assert accused(frame, label) == []


@pytest.mark.parametrize("name", ["ChurnRisk", "credit_score", "Exit Channel", "EndDate", "attrition_group", "lastReason"])
def test_a_name_alone_only_warns(name):
    """A column that says nothing but is named like an answer is a suspect that nobody accuses."""
    random = np.random.default_rng(0)
    label = random.integers(0, 2, 500)
    (found,) = suspects(pd.DataFrame({name: random.normal(size=500)}), label, np.arange(500, dtype=np.uint64))
    assert (found.column, found.accused) == (name, False)
    assert "its name" in found.reason


def test_the_reason_names_the_figure():
    """A suspect says what gave it away."""
    label = np.arange(500) % 4 == 0
    frame = pd.DataFrame({"closed": np.where(label, "2025-01-01", None)})
    (found,) = suspects(frame, label.astype(np.int64), np.arange(500, dtype=np.uint64))
    assert found.figures.missing.estimate == 1
    assert "whether it is missing ranks churners with an AUC of 1.00" in found.reason


def test_a_customer_seen_often_counts_once():
    """Twenty rows of each of forty customers say no more than forty rows: a trait that happens to fit is not accused."""
    random = np.random.default_rng(0)
    customer = np.repeat(np.arange(40), 20)
    label = (random.random(40) < 0.3).astype(np.int64)[customer]
    frame = pd.DataFrame({f"trait {i}": random.normal(size=40)[customer] for i in range(300)})
    assert accused(frame, label, customer.astype(np.uint64)) == []
