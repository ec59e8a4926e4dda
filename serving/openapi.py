"""The customer row of the API page, drawn from the contract of the live model."""

from typing import Any

from churn.contract import Column, Contract
from serving.answers import Outcomes
from serving.parse import MOST_ROWS
from serving.problems import Problem
from serving.slot import Live

REF = "#/components/schemas/{model}"
TYPES: dict[str, dict[str, Any]] = {"number": {"type": "number"}, "boolean": {"type": "boolean"}}


def schemas(live: Live | None) -> dict[str, Any]:
    """The components that routes refer to: request bodies, following the live model, and problems."""
    if live is None:
        customer: dict[str, Any] = {"type": "object", "title": "Customer", "description": "No model is live yet."}
    else:
        customer = customer_schema(live.bundle.contract, live.version)
    found = {"Customer": customer, "Customers": _many(), "Problem": Problem.model_json_schema(ref_template=REF)}
    found["Outcomes"] = Outcomes.model_json_schema(ref_template=REF)
    for schema in list(found.values()):
        found |= schema.pop("$defs", {})
    return found


def customer_schema(contract: Contract, version: str) -> dict[str, Any]:
    """JSON schema of one customer row. A category lists its known levels and forbids no other."""
    properties = {column.name: _column(column) for column in contract.columns}
    if contract.id:
        properties[contract.id] = _label("whose row this is; logged, not scored", ["string", "integer", "null"])
    if contract.snapshot:
        properties[contract.snapshot] = _label("the period of this row; logged, not scored", ["string", "null"])
    return {
        "type": "object",
        "title": "Customer",
        "description": f"A customer row as model version {version} reads it.",
        "additionalProperties": False,
        "required": list(contract.features),
        "properties": properties,
        "examples": [contract.example()],
    }


def _column(column: Column) -> dict[str, Any]:
    options: list[dict[str, Any]] = (
        [{"enum": list(column.levels)}, {"type": "string"}] if column.kind == "category" else [TYPES[column.kind]]
    )
    if column.nullable:
        options = [*options, {"type": "null"}]
    shape: dict[str, Any] = options[0] if len(options) == 1 else {"anyOf": options}
    return {"title": column.name, **shape, "description": _describe(column), "examples": [column.example]}


def _describe(column: Column) -> str:
    parts: list[str] = [column.kind]
    if column.minimum is not None and column.maximum is not None:
        parts.append(f"observed {column.minimum:g} to {column.maximum:g}")
    if column.kind == "category":
        parts.append("seen in training: " + ", ".join(column.levels) + "; another text is accepted and counted as unseen")
    if column.nullable:
        parts.append("null when missing")
    return "; ".join(parts)


def _label(description: str, types: list[str]) -> dict[str, Any]:
    return {"description": description, "type": types}


def _many() -> dict[str, Any]:
    customers = {"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": {"$ref": "#/components/schemas/Customer"}}
    return {
        "type": "object",
        "title": "Customers",
        "additionalProperties": False,
        "required": ["customers"],
        "properties": {"customers": customers},
    }
