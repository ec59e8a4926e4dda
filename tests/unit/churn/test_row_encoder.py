"""Rows encode as columns do, to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.contract import Column, Contract, encode, unseen
from churn.contract.encode import RowEncoder
from churn.contract.schema import as_columns

CELLS = {
    "number": st.none()
    | st.sampled_from([-999, -999.0])
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_infinity=True, allow_nan=True)
    | st.booleans(),
    "boolean": st.none() | st.booleans() | st.sampled_from([0.0, 1.0, float("nan")]),
    "category": st.none() | st.text(max_size=4) | st.sampled_from([" pro ", "NA", "none", 1, 1.0, True, float("nan"), 2.5]),
}
LEVELS = st.lists(
    st.text(max_size=4) | st.sampled_from(["1", "basic", "pro", " padded ", "na", "True", ""]), unique=True, max_size=5
)


@st.composite
def tables(draw):
    """A contract of any columns and rows for it, most of whose categories are known levels."""
    columns, cells = [], {}
    for position in range(draw(st.integers(1, 5))):
        name, kind = f"c{position}", draw(st.sampled_from(sorted(CELLS)))
        levels = tuple(draw(LEVELS)) if kind == "category" else ()
        columns.append(Column(name=name, kind=kind, nullable=True, example=None, levels=levels))
        cells[name] = CELLS[kind] | st.sampled_from(levels) if levels else CELLS[kind]
    contract = Contract(
        target="left", positive="1", id=None, snapshot=None, missing_words=("", "na", "none", "-999"), columns=tuple(columns)
    )
    return contract, draw(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=12))


def test_a_number_that_means_missing_is_missing_to_the_server_too():
    """As it is to training, which reads it in tables."""
    column = Column(name="fee", kind="number", nullable=True, example=None)
    contract = Contract(target="left", positive="1", id=None, snapshot=None, missing_words=("-999",), columns=(column,))
    np.testing.assert_array_equal(RowEncoder(contract).encode([[-999], [-999.0], [5]])[:, 0], [np.nan, np.nan, 5])


@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")
@settings(max_examples=1000, deadline=None)
@given(tables())
def test_rows_encode_as_columns_do(table):
    """For any contract and rows the two encoders give equal matrices and equal counts of unseen categories."""
    contract, rows = table
    encoder = RowEncoder(contract)
    expected = encode(contract, as_columns(contract, rows))
    matrix = encoder.encode([[row[name] for name in contract.features] for row in rows])
    np.testing.assert_array_equal(matrix, expected)
    assert (matrix.dtype, matrix.shape, matrix.flags.c_contiguous) == (expected.dtype, expected.shape, True)
    assert encoder.unseen(matrix).sum() == unseen(contract, expected)
    again = encoder.encode([[row[name] for name in contract.features] for row in rows[::-1]])
    np.testing.assert_array_equal(again, expected[::-1])


def test_unseen_is_counted_for_each_row():
    """Each row has its own count."""
    column = {"kind": "category", "nullable": True, "example": None, "levels": ("a",)}
    columns = tuple(Column(name=name, **column) for name in ("x", "y"))
    contract = Contract(target="t", positive="1", id=None, snapshot=None, missing_words=(), columns=columns)
    encoder = RowEncoder(contract)
    assert encoder.unseen(encoder.encode([["a", "a"], ["b", "a"], ["c", "d"], [None, "e"]])).tolist() == [0, 1, 2, 1]


def test_a_value_never_seen_is_not_remembered():
    """Callers that invent categories do not fill the memory."""
    column = Column(name="x", kind="category", nullable=True, example=None, levels=("a",))
    encoder = RowEncoder(Contract(target="t", positive="1", id=None, snapshot=None, missing_words=(), columns=(column,)))
    encoder.encode([[f"new {number}"] for number in range(1000)])
    ((_, table),) = encoder._tables
    assert len(table) == 1


def test_other_spellings_cost_a_row_nothing():
    """A text that is read as a level has a code of its own in the table of codes, as the level has, and is not unseen."""
    column = Column(name="x", kind="category", nullable=True, example="a", levels=("a", "b"), read_as={"A": "a", "z": "gone"})
    contract = Contract(target="t", positive="1", id=None, snapshot=None, missing_words=("",), columns=(column,))
    encoder = RowEncoder(contract)
    matrix = encoder.encode([["a"], ["A"], [" A "], ["b"], ["z"], [""]])
    np.testing.assert_array_equal(matrix[:, 0], np.array([0, 0, 0, 1, 2, np.nan], dtype=np.float32))
    assert encoder.unseen(matrix).tolist() == [0, 0, 0, 0, 1, 0]
