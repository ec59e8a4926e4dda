"""Which contracts may follow each other without a caller noticing."""

import json
from itertools import product

import pytest

from churn.contract import Column, Contract
from churn.contract.compatibility import refusals
from churn.errors import RequestRefused
from serving.forms import Form

TENURE = Column(name="tenure", kind="number", nullable=False, example=5.0, minimum=0, maximum=72)
FAMILY = Column(name="family", kind="boolean", nullable=True, example=True)
PLAN = Column(name="plan", kind="category", nullable=True, example="basic", levels=("basic", "pro"))
LIVE = Contract(target="left", positive="Yes", id="id", snapshot="month", missing_words=("",), columns=(TENURE, FAMILY, PLAN))
SCORE = Column(name="score", kind="number", nullable=True, example=None)


def changed(**changes):
    return LIVE.model_copy(update=changes)


def with_plan(**changes):
    return changed(columns=(TENURE, FAMILY, PLAN.model_copy(update=changes)))


CASES = {
    "the same": (LIVE, []),
    "another order": (changed(columns=(PLAN, TENURE, FAMILY)), []),
    "other levels": (with_plan(levels=("gold",)), []),
    "another range": (changed(columns=(TENURE.model_copy(update={"maximum": 5}), FAMILY, PLAN)), []),
    "null is allowed": (changed(columns=(TENURE.model_copy(update={"nullable": True}), FAMILY, PLAN)), []),
    "no null any more": (with_plan(nullable=False), ["'plan' could no longer be null"]),
    "a column more": (changed(columns=(*LIVE.columns, SCORE)), ["'score' would be missing"]),
    "a column less": (changed(columns=(TENURE, FAMILY)), ["'plan' would be unknown"]),
    "another kind": (with_plan(kind="number"), ["'plan' would have to be a number, not a category"]),
    "no id": (changed(id=None), ["'id' would be unknown"]),
    "another id": (changed(id="number"), ["'id' would be unknown"]),
    "no snapshot": (changed(snapshot=None), ["'month' would be unknown"]),
    "the id as a column": (
        changed(id=None, columns=(*LIVE.columns, SCORE.model_copy(update={"name": "id"}))),
        ["'id' would have to be a number, not an id"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_would_be_refused_is_named(case):
    """Every way to refuse today's requests is found, and nothing else."""
    challenger, expected = CASES[case]
    assert refusals(LIVE, challenger) == expected


def test_all_reasons_are_told():
    """Several changes give several reasons."""
    challenger = changed(id=None, columns=(TENURE, PLAN.model_copy(update={"nullable": False}), SCORE))
    assert len(refusals(LIVE, challenger)) == 4


def test_where_there_was_no_label_there_may_be_one():
    """A label may be left out, so a new one refuses nobody."""
    assert refusals(changed(id=None, snapshot=None), LIVE) == []


def requests():
    """Requests that the live contract takes, with every mixture of null and absent labels."""
    values = {"tenure": [3, 3.5], "family": [True, None], "plan": ["basic", "new", None], "id": [7, "C7", None, ...]}
    for found in product(*values.values(), [..., "2026-01", None]):
        yield {name: value for name, value in zip([*values, "month"], found, strict=True) if value is not ...}


def takes(contract, request):
    try:
        Form.of(contract).one(json.dumps(request).encode())
    except RequestRefused:
        return False
    return True


@pytest.mark.parametrize("case", CASES)
def test_the_rule_says_what_the_readers_of_requests_do(case):
    """A contract is compatible exactly if the server that follows it takes every request that is right today."""
    challenger, expected = CASES[case]
    assert all(takes(LIVE, request) for request in requests())
    assert all(takes(challenger, request) for request in requests()) is not bool(expected)
