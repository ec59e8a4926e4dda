"""Input that has a date is scored by the days since it, as the table was from which the model learned."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from churn.contract import Column, Contract
from churn.score import files
from churn.score.matrix import encoded
from churn.score.plan import Asked, make
from churn.score.read import blocks

DATED = Column(name="days_since_joined", kind="number", nullable=False, example=1.0, dates=("%Y-%m-%d", "%d/%m/%Y"))
CALLS = Column(name="calls", kind="number", nullable=False, example=1.0)
CONTRACT = Contract(target="left", positive="1", id="who", snapshot="month", missing_words=("", "nat"), columns=(CALLS, DATED))
AS_OF = date(2024, 6, 30)


def scored(tmp_path, kind, columns, as_of=AS_OF, keep=()):
    """The plan, the matrix, and the refused rows with the reasons of each."""
    path = tmp_path / f"in.{kind}"
    frame = pd.DataFrame(columns)
    frame.to_parquet(path) if kind == "parquet" else frame.to_csv(path, index=False)
    plan = make(files.find(str(path)), Asked(bundle="", fingerprint="", version="1", as_of=as_of, keep=keep), CONTRACT)
    (block,) = blocks(plan, plan.parts[0], CONTRACT, [])
    found = encoded(CONTRACT, block.batch)
    refused = [
        (row, said)
        for one in [*block.refusals, *found.refusals]
        for row, said in zip(one.rows.tolist(), one.reasons, strict=True)
    ]
    return plan, found.matrix, refused


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_dates_become_days(tmp_path, kind):
    """Written in any of the declared ways; one that is missing or no date is refused with its reason, once."""
    joined = ["2024-06-30", "29/06/2024", "soon", "NaT"]
    plan, matrix, refused = scored(
        tmp_path, kind, {"who": list("abcd"), "calls": [1, 2, 3, 4], "joined": joined}, keep=("joined",)
    )
    assert matrix[:2].tolist() == [[1, 0], [2, 1]]
    assert refused == [
        (2, "joined: 'soon' is not a date written as %Y-%m-%d or %d/%m/%Y"),
        (3, "days_since_joined: is missing, and in training it never was"),
    ]
    assert plan.asked.as_of == AS_OF


def test_dates_of_parquet_become_days(tmp_path):
    """As dates and as moments."""
    for joined in ([date(2024, 6, 30), date(2024, 6, 1)], pd.to_datetime(["2024-06-30 12:00", "2024-06-01 00:00"])):
        _, matrix, refused = scored(tmp_path, "parquet", {"calls": [1, 2], "joined": joined})
        assert (matrix[:, 1].tolist(), refused) == ([0, 29], [])


def test_a_snapshot_named_by_a_day_counts(tmp_path):
    """Where it names none, or is missing, the day of the run does."""
    columns = {"month": ["2024-06-02", "base", None], "calls": [1, 2, 3], "joined": ["2024-06-01"] * 3}
    assert scored(tmp_path, "csv", columns)[1][:, 1].tolist() == [1, 29, 29]


def test_days_that_are_there_are_taken(tmp_path):
    """No date is read, and the plan has no day."""
    plan, matrix, _ = scored(tmp_path, "csv", {"calls": [1, 2], "days_since_joined": [3, 4], "joined": ["?", "?"]})
    np.testing.assert_array_equal(matrix[:, 1], [3, 4])
    assert plan.asked.as_of is None


def test_without_a_day_it_is_today(tmp_path):
    """The plan keeps which one that was, so that a run that goes on tomorrow counts alike."""
    plan, *_ = scored(tmp_path, "csv", {"calls": [1], "joined": ["2024-06-30"]}, as_of=None)
    assert plan.asked.as_of is not None
