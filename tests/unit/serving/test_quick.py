"""The quick reader and the pydantic model agree: what the one takes, the other takes with the same values."""

import json
import math

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from churn.contract import Column, Contract
from churn.errors import RequestRefused
from serving.forms import Form
from serving.parse import parse_many, parse_one

COLUMNS = (("tenure", "number", False), ("day charge", "number", True), ("class", "category", False),
           ("é", "category", True), ("_family", "boolean", False), ("f0", "boolean", True))  # fmt: skip
CONTRACT = Contract(
    target="left",
    positive="1",
    id="customer id",
    snapshot="month",
    missing_words=("", "na"),
    columns=tuple(Column(name=name, kind=kind, nullable=nullable, example=None) for name, kind, nullable in COLUMNS),
)
FORM = Form.of(CONTRACT)
BARE = Form.of(CONTRACT.model_copy(update={"id": None, "snapshot": None}))
NAMES = [name for name, _, _ in COLUMNS]

# Literal JSON text, right, nearly right and hostile, for any field.
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(["0", "-0", "-0.0", "1e5", "1E+2", "3.4028234663852886e38", "3.4028234663852889e38", "-3.5e38", "1e39"]),
    st.sampled_from(["1e400", "-1e400", "1e-400", "9" * 400, "9" * 5000, "NaN", "Infinity", "-Infinity", "nan", "01", "+1"]),
    st.sampled_from([".5", "5.", "0x1", "1_0", "--1", "1e", "9007199254740993", "18446744073709551616", "0.1" + "0" * 400]),
    st.from_regex(r"-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
)
TEXTS = st.one_of(
    st.text(max_size=12).map(json.dumps),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12).map(lambda t: json.dumps(t, ensure_ascii=False)),
    st.sampled_from(['"basic"', '""', '" "', '"a\\n"', '"a\n"', '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\x"', "'a'"]),
    st.sampled_from(
        ['"\x7f"', '"\x85"', '"\u2028"', '"' + "x" * 200 + '"', '"' + "x" * 201 + '"', '"' + "é" * 200 + '"', '"a']
    ),
)
OTHERS = st.sampled_from(["true", "false", "null", "True", "None", "[]", "[5]", "{}", '{"a": 1}', "", "undefined", "/**/1"])
LITERALS = st.one_of(NUMBERS, TEXTS, OTHERS)
RIGHT = {
    "number": st.floats(-1e30, 1e30).map(repr) | st.integers(-(10**15), 10**15).map(str),
    "category": st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8).map(json.dumps),
    "boolean": st.sampled_from(["true", "false"]),
}
KEYS = st.sampled_from([*NAMES, "customer id", "month", "Tenure", "tenure ", "f1", "customer", "__class__", ""]) | st.text(
    max_size=3
)


@st.composite
def customers(draw):
    """The text of a JSON object: a right row in which a few fields may be missing, mistyped, repeated, unknown or odd."""
    cells = [(name, draw(RIGHT[kind] if not nullable else RIGHT[kind] | st.just("null"))) for name, kind, nullable in COLUMNS]
    if draw(st.booleans()):
        cells.append(("customer id", draw(TEXTS | NUMBERS)))
    if draw(st.booleans()):
        cells.append(("month", draw(TEXTS)))
    cells += draw(st.lists(st.tuples(KEYS, LITERALS), max_size=2))
    if draw(st.integers(0, 3)) == 0:
        del cells[draw(st.integers(0, len(cells) - 1))]
    cells = draw(st.permutations(cells))
    spell = draw(st.sampled_from([json.dumps, lambda key: json.dumps(key, ensure_ascii=False)]))
    pad = draw(st.sampled_from(["", " ", "\n\t", "\x0b", "\u00a0"]))
    return "{" + ",".join(f"{pad}{spell(key)}:{value}" for key, value in cells) + "}"


BODIES = st.one_of(
    customers().map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(customers(), st.sampled_from(["x", " ", "\x00", "{}", ",", "\n"])).map(
        lambda pair: "".join(pair).encode("utf-8", "surrogatepass")
    ),
    st.tuples(customers(), st.integers(0, 400), st.binary(max_size=3)).map(
        lambda cut: (
            cut[0].encode("utf-8", "surrogatepass")[: cut[1]] + cut[2] + cut[0].encode("utf-8", "surrogatepass")[cut[1] :]
        )
    ),
    st.sampled_from([b"", b"null", b"[]", b"{}", b"1", b'"a"', b"\xef\xbb\xbf{}", b"[" * 5000, b'{"tenure":' * 5000]),
    st.binary(max_size=40),
)


def same(one, other):
    """Equal values of equal types; numbers to the bit, but for the sign of nothing."""
    assert (one.customer, one.snapshot) == (other.customer, other.snapshot)
    assert list(one.features) == list(other.features)
    for name, value in one.features.items():
        assert type(value) is type(other.features[name])
        assert value == other.features[name]
        assert not isinstance(value, float) or math.isfinite(value)


def slow(form, body):
    """What pydantic says."""
    return form._row(parse_one(form.customer, body))


def check(form, body):
    """The quick reader takes nothing that pydantic refuses, and changes no value."""
    quick = form.quick.one(body)
    if quick is not None:
        same(quick, slow(form, body))


RIGHT_ROW = b'{"tenure":1,"day charge":null,"class":"a","\xc3\xa9":null,"_family":true,"f0":null}'


@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES)
@example(RIGHT_ROW)
def test_both_readers_say_the_same(body):
    """Over thousands of bodies, whatever the quick reader takes has the verdict and the values of pydantic."""
    check(FORM, body)
    check(BARE, body)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(customers(), min_size=1, max_size=4), st.sampled_from(["customers", "customer", "Customers"]), st.booleans())
def test_both_readers_say_the_same_of_many(rows, name, more):
    """So it is for lists of customers."""
    rest = ',"more":1' if more else ""
    body = f'{{"{name}":[{",".join(rows)}]{rest}}}'.encode("utf-8", "surrogatepass")
    quick = FORM.quick.many(body)
    if quick is not None:
        expected = [FORM._row(found) for found in parse_many("customers", FORM.customer, body)]
        assert len(quick) == len(expected)
        for one, other in zip(quick, expected, strict=True):
            same(one, other)


@settings(max_examples=500, deadline=None)
@given(
    st.fixed_dictionaries({name: RIGHT[kind] for name, kind, _ in COLUMNS}), st.text("abcXYZ-19é ", min_size=1, max_size=200)
)
def test_what_is_right_is_read_quickly(cells, identity):
    """A right row never needs the slow reader."""
    text = ",".join(f"{json.dumps(name)}:{value}" for name, value in (cells | {"customer id": json.dumps(identity)}).items())
    row = FORM.quick.one(f"{{{text}}}".encode())
    assert row is not None
    assert row.customer == identity
    same(row, slow(FORM, f"{{{text}}}".encode()))


@pytest.mark.parametrize("identity", ['"a\\n"', "1.0", "true", '""', f'"{"x" * 201}"', "9" * 201, "9" * 5000, "1e3", "[1]"])
def test_an_id_that_is_none_is_refused_by_both(identity):
    """What may look like an id to the quick reader's language is refused as pydantic refuses it."""
    body = RIGHT_ROW[:-1] + f',"customer id":{identity}}}'.encode()
    assert FORM.quick.one(body) is None
    with pytest.raises(RequestRefused):
        FORM.one(body)


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb"])
def test_a_name_that_json_cannot_spell_plainly_is_read_slowly(name):
    """A contract with such a column still reads its rows."""
    column = Column(name=name, kind="number", nullable=False, example=0.0)
    form = Form.of(CONTRACT.model_copy(update={"columns": (column,)}))
    body = json.dumps({name: 2}).encode()
    assert form.quick.one(body) is None
    assert form.one(body).features == {name: 2.0}
    assert form.many(b'{"customers":[' + body + b"]}")[0].features == {name: 2.0}
