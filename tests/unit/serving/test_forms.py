"""Forms: contracts of any columns become validators."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.contract import Column, Contract
from churn.errors import RequestRefused
from serving.forms import Form

NAMES = st.one_of(
    st.sampled_from(["class", "model_config", "model_fields", "_x", "__class__", "f0", "self", "a b", "a.b", "$ref", "é"]),
    st.text(min_size=1, max_size=20),
)


def contract_of(names, nullable=False):
    columns = tuple(Column(name=name, kind="number", nullable=nullable, example=0.0) for name in names)
    return Contract(target="left", positive="1", id=None, snapshot=None, missing_words=(), columns=columns)


@settings(max_examples=50, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True))
def test_any_name_can_be_a_column(names):
    """A row comes back by column name, and an absent column is named as it is written."""
    form = Form.of(contract_of(names))
    values = {name: float(i) for i, name in enumerate(names)}
    assert form.one(json.dumps(values).encode()).features == values
    assert form.many(json.dumps({"customers": [values]}).encode())[0].features == values
    with pytest.raises(RequestRefused) as refused:
        form.one(b"{}")
    assert [error.field for error in refused.value.errors] == names


@pytest.mark.parametrize("nullable", [True, False])
def test_null_is_for_nullable_columns(nullable):
    """Null is a value where training saw missing ones, and refused elsewhere; absent is refused in both."""
    form = Form.of(contract_of(["a"], nullable))
    if nullable:
        assert form.one(b'{"a": null}').features == {"a": None}
    else:
        with pytest.raises(RequestRefused, match="a: "):
            form.one(b'{"a": null}')
    with pytest.raises(RequestRefused, match="a: Field required"):
        form.one(b"{}")


def test_without_id_and_snapshot_there_are_no_such_fields():
    """A contract that declares neither accepts neither."""
    with pytest.raises(RequestRefused, match="customer: unknown field"):
        Form.of(contract_of(["a"])).one(b'{"a": 1, "customer": "x"}')
