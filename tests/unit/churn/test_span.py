"""How far back a model learns."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from churn import params as configuration
from churn.contract import Column, Contract
from churn.data.labelled import Labelled
from churn.model.recent import recent
from churn.model.rows import Rows
from churn.model.span import choose_span, spans
from churn.params import Data, Split

SNAPSHOTS, CUSTOMERS = 6, 800
CONTRACT = Contract(
    target="left", positive="Yes", id="id", snapshot="month", missing_words=(),
    columns=(Column(name="calls", kind="number", nullable=False, example=None),),
)  # fmt: skip
POLICY = Split(holdout=0.3, test_snapshots=1, test_rows=1, window=6, shortest=1, train_rows=1)


def company(changed: int) -> tuple[Rows, np.ndarray]:
    """Six snapshots of new customers; in the newest `changed` of them those who call stay instead of leaving."""
    random = np.random.default_rng(1)
    age = np.repeat(np.arange(SNAPSHOTS)[::-1], CUSTOMERS)
    calls = random.normal(0, 1, len(age))
    label = (random.random(len(age)) < expit(np.where(age < changed, -1.5, 1.5) * calls - 1)).astype(np.int64)
    group = random.integers(0, 2**63, len(age)).astype(np.uint64)
    return Rows(CONTRACT, calls.astype(np.float32)[:, None], label, group), age


def table(changed: int) -> Labelled:
    """The same as a table."""
    rows, age = company(changed)
    names = np.array([f"2026-{SNAPSHOTS - one:02d}" for one in age], dtype=object)
    return Labelled(pd.DataFrame({"calls": rows.matrix[:, 0].astype(float)}), rows.label, rows.group, names)


def data() -> Data:
    """What the table declares."""
    known = configuration.load().data
    return known.model_copy(update={"target": "left", "id": "id", "snapshot": "month", "columns": {"calls": "number"}})


def test_spans_grow_by_half_up_to_the_longest():
    """From the shortest to the longest; where both are equal there is nothing to choose."""
    assert spans(1, 12) == [1, 2, 3, 4, 6, 9, 12]
    assert spans(3, 3) == [3]


def test_while_nothing_changes_everything_is_learned_from():
    """Of spans that serve the newest customers equally well the longest is taken."""
    assert choose_span(*company(changed=0), spans(1, 6)) == 6


@pytest.mark.parametrize("changed", [1, 3])
def test_after_a_change_only_what_came_since_is_learned_from(changed):
    """Rows from before the change predict the newest customers worse."""
    assert choose_span(*company(changed), spans(1, 6)) == changed


def test_a_single_class_leaves_nothing_to_choose():
    """Where no span can be judged the longest is taken."""
    rows, age = company(0)
    same = Rows(rows.contract, rows.matrix, np.zeros_like(rows.label), rows.group)
    assert choose_span(same, age, [1, 6]) == 6


def test_the_train_rows_of_a_table_reach_back_to_the_change():
    """What is left out is told."""
    kept, told = recent(table(changed=2), data(), POLICY)
    assert set(kept.snapshot) == {"2026-05", "2026-06"}
    assert told == "learns from the newest 2 of 6 snapshots"


def test_few_new_rows_do_not_stand_alone():
    """The train rows reach back until there are enough, whatever serves best."""
    kept, _ = recent(table(changed=1), data(), POLICY.model_copy(update={"train_rows": CUSTOMERS + 1}))
    assert len(kept) == 2 * CUSTOMERS


def test_one_snapshot_or_a_fixed_span_is_left_alone():
    """Then nothing is chosen and nothing is told."""
    whole = table(changed=2)
    assert recent(whole.where(whole.snapshot == "2026-06"), data(), POLICY)[1] == ""
    assert recent(whole, data(), POLICY.model_copy(update={"shortest": 6})) == (whole, "")
