from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.contract import Column, Contract, encode, unseen
from churn.contract.encode import as_text
from churn.contract.schema import as_columns

CONTRACT = Contract(
    target="left",
    positive="Yes",
    id="id",
    snapshot=None,
    missing_words=("", "na", "none"),
    columns=(
        Column(name="tenure", kind="number", nullable=True, example=5.0, minimum=0, maximum=72),
        Column(name="family", kind="boolean", nullable=True, example=True),
        Column(name="plan", kind="category", nullable=True, example="basic", levels=("1", "basic", "pro")),
    ),
)
ROW: dict[str, Any] = {"tenure": 5, "family": True, "plan": "basic"}
cells = {
    "tenure": st.none() | st.integers(-1000, 1000) | st.floats(width=32, allow_infinity=False),
    "family": st.none() | st.booleans(),
    "plan": st.none() | st.sampled_from(["1", "basic", "pro", " pro ", "NA", "none", "new", 1, 1.0, float("nan")]),
}


def encoded(*rows: dict[str, Any]) -> np.ndarray:
    return encode(CONTRACT, as_columns(CONTRACT, list(rows)))


def code(name: str, value: Any) -> float:
    return float(encoded(ROW | {name: value})[0, CONTRACT.features.index(name)])


@pytest.mark.parametrize("name", CONTRACT.features)
@pytest.mark.parametrize("value", [None, float("nan")])
def test_none_and_nan_are_missing_in_every_kind(name, value):
    """None and NaN encode as NaN whatever the kind of the column."""
    assert np.isnan(code(name, value))


def test_an_absent_key_is_missing():
    """A row without a key encodes as a row whose value is missing."""
    assert np.isnan(encode(CONTRACT, as_columns(CONTRACT, [{}]))).all()


@pytest.mark.parametrize("word", ["", "  ", "NA", "na", " None ", "NONE"])
def test_missing_words_are_missing_in_any_case_and_padding(word):
    """A word that means missing encodes as NaN however it is capitalised or padded."""
    assert np.isnan(code("plan", word))


def test_a_level_wins_over_a_missing_word():
    """A word that training saw as a level keeps its code although it could mean missing."""
    column = Column(name="plan", kind="category", nullable=False, example="none", levels=("none",))
    contract = CONTRACT.model_copy(update={"columns": (column,)})
    assert encode(contract, {"plan": ["none"]})[0, 0] == 0


@pytest.mark.parametrize("value", [1, 1.0, "1", " 1 ", np.int64(1), np.float64(1)])
def test_one_is_one_level_however_it_is_stored(value):
    """1, 1.0 and "1" are the same level."""
    assert code("plan", value) == 0


@pytest.mark.parametrize(("value", "expected"), [(True, 1), (False, 0), (1.0, 1), (0.0, 0)])
def test_booleans_are_zero_and_one(value, expected):
    """Booleans encode as 0 and 1."""
    assert code("family", value) == expected


def test_levels_take_their_position_and_new_ones_the_next_code():
    """A level encodes as its position, and one that training never saw as the number of levels."""
    assert [code("plan", level) for level in ("1", "basic", "pro", "new", "other")] == [0, 1, 2, 3, 3]


def test_unseen_counts_cells_with_a_new_level_only():
    """Only cells that hold a level training never saw are counted; missing cells and large numbers are not."""
    rows = [ROW | {"plan": "new"}, ROW | {"plan": "newer"}, ROW | {"plan": None}, ROW | {"tenure": 1e30}, ROW]
    assert unseen(CONTRACT, encoded(*rows)) == 2


@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")
def test_a_number_beyond_float32_is_no_new_level():
    """A number that float32 cannot hold is not counted as a category that training never saw."""
    assert unseen(CONTRACT, encoded(ROW | {"tenure": 1e39})) == 0


@given(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=20))
@settings(max_examples=80, deadline=None)
def test_rows_encode_alone_as_they_encode_together(rows):
    """Encoding rows one by one gives the same bits as encoding them together."""
    alone = np.concatenate([encoded(row) for row in rows])
    np.testing.assert_array_equal(alone, encoded(*rows))


@given(st.text())
@settings(max_examples=80, deadline=None)
def test_any_text_gets_a_code(text):
    """Any text is a level, missing, or never seen; none stops the encoder."""
    value = code("plan", text)
    assert np.isnan(value) or value in {0, 1, 2, 3}


@pytest.mark.parametrize(("value", "text"), [(2.5, "2.5"), (True, "True"), (-3.0, "-3"), ("  a b ", "a b")])
def test_the_text_of_a_category(value, text):
    """Whole floats lose their point, other values only their padding."""
    assert as_text(value) == text


def test_a_contract_survives_its_file(tmp_path: Path):
    """Reading a saved contract gives an equal one."""
    CONTRACT.save(tmp_path / "contract.json")
    assert Contract.read(tmp_path / "contract.json") == CONTRACT


def test_the_example_is_a_row_of_the_features():
    """The example has one value for each feature, and neither id nor target."""
    assert CONTRACT.example() == {"tenure": 5.0, "family": True, "plan": "basic"}
