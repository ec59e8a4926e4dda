"""Whatever is wrong with a request, the answer is a problem that names field and reason."""

import json

import pytest

TOO_DEEP = b'{"tenure":' + b"[" * 100_000 + b"}"


def body(row, **changes):
    """A row as JSON text in which some values are given as literal text."""
    parts = [f"{json.dumps(name)}: {changes.get(name, json.dumps(value))}" for name, value in row.items()]
    return "{" + ", ".join(parts) + "}"


def problem_of(answer, status):
    """The problem of an answer, after checking that it is a well-formed one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e400", "1e39", "9" * 400, '"5"', "true", "null", "[5]", "{}"]
)
def test_a_number_must_be_a_finite_number(client, row, literal):
    """Text, booleans, null and numbers that are not finite in single precision are no number."""
    for path, text in (
        ("/predict", body(row, tenure=literal)),
        ("/predict/batch", f'{{"customers": [{body(row, tenure=literal)}]}}'),
    ):
        problem = problem_of(client.send(path, text), 422)
        (error,) = problem["errors"]
        assert error["field"].removeprefix("customers.0.") == "tenure"
        assert error["reason"]
        assert problem["detail"].startswith(error["field"])


@pytest.mark.parametrize(
    ("name", "literal"),
    [
        ("model_config", "1"),
        ("model_config", '"yes"'),
        ("class", "3"),
        ("class", "null"),
        ("Total day charge", '"x"'),
        ("_score", "{}"),
    ],
)
def test_each_kind_refuses_the_others(client, row, name, literal):
    """The column is named as the caller wrote it, whatever its name."""
    problem = problem_of(client.send("/predict", body(row, **{name: literal})), 422)
    assert [error["field"] for error in problem["errors"]] == [name]


def test_missing_and_unknown_fields_are_all_named(client, row):
    """Each absent column and each unknown one is an error of its own."""
    del row["tenure"], row["_score"]
    problem = problem_of(client.post("/predict", json=row | {"f0": 1, "tenur": 2}), 422)
    reasons = {error["field"]: error["reason"] for error in problem["errors"]}
    assert reasons == {"tenure": "Field required", "_score": "Field required", "f0": "unknown field", "tenur": "unknown field"}


@pytest.mark.parametrize("value", [True, 1.5, "", "x" * 201, "a\x00b", ["a"]])
def test_an_id_is_text_or_a_whole_number(client, row, value):
    """An id that is no such thing is refused by its name."""
    problem = problem_of(client.post("/predict", json=row | {"customer id": value}), 422)
    assert [error["field"] for error in problem["errors"]] == ["customer id"]


@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/outcomes"])
@pytest.mark.parametrize(
    "text", [b"", b"{", b"nonsense", b'{"a": 1,}', b"{'a': 1}", b'{"a": "\xff"}', b'{"a": "\\ud800"}', TOO_DEEP, b"\x1f\x8b"]
)
def test_what_is_not_json_is_400(client, path, text):
    """Malformed, truncated, non-UTF-8 and absurdly nested bodies are refused as not JSON."""
    if path == "/predict":
        text = text[:60_000]
    problem = problem_of(client.send(path, text), 400)
    assert [error["field"] for error in problem["errors"]] == ["body"]


@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/outcomes"])
@pytest.mark.parametrize("text", [b"null", b"[]", b"1", b'"text"'])
def test_json_that_is_no_object_is_422(client, path, text):
    """The body as a whole is to blame."""
    problem = problem_of(client.send(path, text), 422)
    assert problem["errors"] == [{"field": "body", "reason": "must be an object"}]


@pytest.mark.parametrize(("path", "name"), [("/predict/batch", "customers"), ("/outcomes", "outcomes")])
def test_lists_hold_1_to_10000_objects(client, path, name):
    """Empty, absent, overlong and mistyped lists are refused by name."""
    for value in ([], [{}] * 10_001, {}, None, "text"):
        problem = problem_of(client.post(path, json={name: value}), 422)
        assert [error["field"] for error in problem["errors"]] == [name]
    assert [e["field"] for e in problem_of(client.post(path, json={}), 422)["errors"]] == [name]
    assert [e["field"] for e in problem_of(client.post(path, json={name: [3, None]}), 422)["errors"]] == [
        f"{name}.0",
        f"{name}.1",
    ]
    problem = problem_of(client.post(path, json={name: [{}], "other": 1}), 422)
    assert {"field": "other", "reason": "unknown field"} in problem["errors"]


def test_errors_are_shown_up_to_a_hundred(client):
    """A batch of wrong rows does not answer with a million errors."""
    problem = problem_of(client.post("/predict/batch", json={"customers": [{}] * 10_000}), 422)
    assert len(problem["errors"]) == 100
    bomb = {"customers": [{f"a{i}": 1 for i in range(200_000)}]}
    problem = problem_of(client.post("/predict/batch", json=bomb), 422)
    assert [error["field"] for error in problem["errors"]] == ["customers.0"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None])
def test_a_body_must_be_declared_as_json(client, row, kind):
    """Anything else is 415, which also keeps foreign web pages from posting."""
    headers = {} if kind is None else {"content-type": kind}
    problem = problem_of(client.post("/predict", content=json.dumps(row), headers=headers), 415)
    assert [error["field"] for error in problem["errors"]] == ["Content-Type"]


def test_json_may_carry_a_charset(client, row):
    """application/json; charset=utf-8 is JSON."""
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/predict", content=json.dumps(row), headers=headers).status_code == 200


def test_nothing_of_the_input_is_repeated(client, row):
    """A refused value does not come back."""
    answer = client.post("/predict", json=row | {"tenure": "secret-1234", "class": 987654321})
    assert "secret" not in answer.text
    assert "987654321" not in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/predict/", "/health/../nowhere", "/x/health"])
def test_an_unknown_route_is_a_404_problem(client, path):
    """A route that does not exist is a problem too."""
    assert problem_of(client.get(path), 404)["type"] == "about:blank"


def test_a_wrong_method_is_a_405_problem(client):
    """GET /predict names no method that exists."""
    answer = client.get("/predict")
    problem_of(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_a_bug_is_a_500_problem_without_a_trace(client, store, row):
    """An unexpected exception tells the caller nothing of the code."""

    def broken(_):
        raise ZeroDivisionError("secret detail")

    store.log = broken
    answer = client.post("/predict", json=row)
    problem_of(answer, 500)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
