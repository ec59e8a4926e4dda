import numpy as np
import pytest

from churn.contract import Column, Contract
from churn.errors import TableError
from monitoring.table import PREDICTION, as_table

CONTRACT = Contract(
    target="left", positive="Yes", id=None, snapshot=None, missing_words=("", "unknown"),
    columns=(
        Column(name="charge", kind="number", nullable=True, example=1.0),
        Column(name="plan", kind="category", nullable=True, example="a", levels=("a", "1")),
        Column(name="online", kind="boolean", nullable=True, example=True),
    ),
)  # fmt: skip


def test_kinds() -> None:
    """Integers become float64, categories and booleans text, however they were stored."""
    rows = [{"charge": 3, "plan": 1, "online": True}, {"charge": "4.5", "plan": "a", "online": 0.0}]
    table = as_table(CONTRACT, rows, [0.1, 0.2], sample_rows=100, seed=1)
    assert table["charge"].dtype == np.float64
    assert table["charge"].tolist() == [3.0, 4.5]
    assert table["plan"].tolist() == ["1", "a"]
    assert table["online"].tolist() == ["true", "false"]
    assert table[PREDICTION].tolist() == [0.1, 0.2]


def test_missing() -> None:
    """Absent keys, None, NaN and words that mean missing are missing."""
    rows = [{}, {"charge": None, "plan": "Unknown", "online": None}, {"charge": "", "plan": np.nan, "online": "unknown"}]
    table = as_table(CONTRACT, rows, [0.1] * 3, sample_rows=100, seed=1)
    assert table[list(CONTRACT.features)].isna().all().all()
    assert table["plan"].tolist() == [None] * 3


def test_sample() -> None:
    """More rows than sample_rows are drawn by seed, each with its own probability."""
    rows = [{"charge": i} for i in range(500)]
    first, again, other = (as_table(CONTRACT, rows, np.arange(500) / 500, sample_rows=100, seed=s) for s in (1, 1, 2))
    assert len(first) == 100
    assert first.equals(again)
    assert not first.equals(other)
    assert np.allclose(first["charge"] / 500, first[PREDICTION])


def test_absurd_number() -> None:
    """Numbers too large for a histogram are clipped, so that they cannot stop the report."""
    table = as_table(CONTRACT, [{"charge": 1e300}, {"charge": -1e300}, {}], [0.1] * 3, sample_rows=100, seed=1)
    assert np.histogram(table["charge"][:1], bins=10)[0].sum() == 1
    assert table["charge"].tolist()[:2] == [1e12, -1e12]


def test_not_a_number() -> None:
    """Text in a number column is refused by name."""
    with pytest.raises(TableError, match="charge"):
        as_table(CONTRACT, [{"charge": "dear"}], [0.1], sample_rows=100, seed=1)


def test_name_taken() -> None:
    """A feature named as the prediction is refused."""
    taken = CONTRACT.model_copy(update={"columns": (Column(name=PREDICTION, kind="number", nullable=False, example=1.0),)})
    with pytest.raises(TableError, match="rename"):
        as_table(taken, [], [], sample_rows=100, seed=1)
