"""Arrow columns encode as rows and tables do, to the bit, and what cannot be scored is named row by row."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.contract import Column, Contract, encode
from churn.data.conform import columns_of, conform_to
from churn.errors import TableError
from churn.params import Reading
from churn.score.matrix import encoded

TEXTS = st.sampled_from(
    ["1", "1.0", " 2.5 ", "+5", "5.", ".5", "1e5", "1e400", "-7", "007", "1,234", "1.234,5", "12 %", "(3)", "na", "NA ", ""]
)
WORDS = st.sampled_from(["yes", "No", "TRUE", "0", "1.0", "na", "", " t "])
LEVELS = ("1", "basic", "pro", "other one")
CELLS = {
    "number": st.none() | TEXTS,
    "boolean": st.none() | WORDS,
    "category": st.none() | st.text(max_size=3) | st.sampled_from([*LEVELS, "PRO", " basic ", "na", "1.0"]),
}
TYPED = {
    "number": st.none() | st.floats(width=64) | st.integers(-(2**40), 2**40).map(float),
    "boolean": st.none() | st.booleans(),
    "category": st.none() | st.integers(0, 3).map(float),
}


def contract_of(kinds, words=("", "na"), **reading):
    levels = {"category": LEVELS}
    columns = tuple(
        Column(name=f"c{at}", kind=kind, nullable=True, example=None, levels=levels.get(kind, ()), read_as={"PRO": "pro"})
        for at, kind in enumerate(kinds)
    )
    return Contract(
        target="t", positive="1", id=None, snapshot=None, missing_words=words, columns=columns, reading=Reading(**reading)
    )


@st.composite
def tables(draw):
    """A contract of any columns, with values of each as text or typed, some of them not of their kind."""
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=4))
    typed = draw(st.booleans())
    count = draw(st.integers(1, 8))
    cells = TYPED if typed else CELLS
    columns = {f"c{at}": draw(st.lists(cells[kind], min_size=count, max_size=count)) for at, kind in enumerate(kinds)}
    reading = {"decimal": draw(st.sampled_from([".", ","])), "units": {"c0": "%"}}
    words = draw(st.sampled_from([("", "na"), ("", "na", "-7")]))
    return contract_of(kinds, words, **reading), columns, kinds, typed


@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")
@settings(max_examples=300, deadline=None)
@given(tables())
def test_arrow_columns_encode_as_tables_do(made):
    """For any contract, values that a table of pandas takes give an equal matrix, and only values it refuses are refused."""
    contract, columns, kinds, typed = made
    types = {"number": pa.float64(), "boolean": pa.bool_(), "category": pa.float64()}
    arrays = [
        pa.array(values, types[kind] if typed else pa.string()) for values, kind in zip(columns.values(), kinds, strict=True)
    ]
    found = encoded(contract, pa.RecordBatch.from_arrays(arrays, list(columns)))
    frame = pa.table(arrays, names=list(columns)).to_pandas()
    refused = set()
    for row in range(len(frame)):
        try:
            expected = encode(contract, columns_of(conform_to(contract, frame.iloc[[row]]), contract))
        except TableError:
            refused.add(row)
            continue
        np.testing.assert_array_equal(found.matrix[[row]], expected)
    assert {row for refusal in found.refusals for row in refusal.rows.tolist()} == refused


def test_a_zero_byte_ends_no_text():
    """A level that begins like another, or like nothing, up to a zero byte is a level of its own."""
    contract, values = contract_of(["category"]), ["", "\0", "pro\0", "pro"]
    found = encoded(contract, pa.RecordBatch.from_arrays([pa.array(values)], ["c0"])).matrix[:, 0]
    np.testing.assert_array_equal(found, [np.nan, 4, 4, 2])


def test_text_and_codes_give_the_same():
    """A column that arrives as codes and distinct values, as Parquet and CSV are read, encodes as the plain one."""
    contract = contract_of(["category", "boolean"])
    plain = [pa.array(["pro", None, "PRO", "never seen"]), pa.array(["yes", "no", None, "yes"])]
    names = ["c0", "c1"]
    coded = [one.dictionary_encode() for one in plain]
    one, two = (encoded(contract, pa.RecordBatch.from_arrays(arrays, names)).matrix for arrays in (plain, coded))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, np.array([[2, 1], [np.nan, 0], [2, np.nan], [4, 1]], dtype=np.float32))


def test_each_refusal_names_column_value_and_reason():
    """A row is refused for each value that is not of its kind, in words."""
    contract = contract_of(["number", "boolean"])
    batch = pa.RecordBatch.from_pydict({"c0": ["1", "ten"], "c1": ["yes", "perhaps"]})
    found = encoded(contract, batch).refusals
    assert [(one.rows.tolist(), one.reasons) for one in found] == [
        ([1], ["c0: 'ten' is not a number"]),
        ([1], ["c1: 'perhaps' is not true or false"]),
    ]


def test_what_never_was_missing_may_not_be():
    """A missing value in a column that was complete in training is refused, as the API refuses null."""
    column = Column(name="c0", kind="number", nullable=False, example=1.0)
    contract = Contract(target="t", positive="1", id=None, snapshot=None, missing_words=("",), columns=(column,))
    (refusal,) = encoded(contract, pa.RecordBatch.from_pydict({"c0": [1.0, None]})).refusals
    assert (refusal.rows.tolist(), refusal.reasons) == ([1], ["c0: is missing, and in training it never was"])


def test_a_column_of_lists_is_refused():
    """A type that no cell can have ends the run with its name."""
    batch = pa.RecordBatch.from_pydict({"c0": pa.array([[1], [2]])})
    with pytest.raises(TableError, match="'c0' holds list"):
        encoded(contract_of(["number"]), batch)
