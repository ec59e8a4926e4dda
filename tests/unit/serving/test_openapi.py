"""The API page."""

import pytest

from serving.openapi import customer_schema
from serving.slot import Live


@pytest.fixture
def page(client):
    return client.get("/openapi.json").json()


def test_the_request_is_drawn_from_the_contract(page, bundle):
    """Each field appears with kind, levels, observed range and example; a category forbids no other level."""
    customer = page["components"]["schemas"]["Customer"]
    fields = customer["properties"]
    assert list(fields) == [*bundle.contract.features, "customer id", "month"]
    assert customer["required"] == list(bundle.contract.features)
    assert customer["additionalProperties"] is False
    assert fields["tenure"]["type"] == "number"
    assert fields["tenure"]["description"] == "number; observed 0 to 71"
    assert {"type": "null"} in fields["Total day charge"]["anyOf"]
    assert fields["class"]["anyOf"] == [{"enum": ["basic", "plus", "pro"]}, {"type": "string"}]
    assert fields["model_config"]["type"] == "boolean"
    assert all(fields[column.name]["examples"] == [column.example] for column in bundle.contract.columns)


def test_the_example_is_answered(client, page):
    """What the page shows as an example can be sent as it is, alone and in a batch."""
    (example,) = page["components"]["schemas"]["Customer"]["examples"]
    assert client.post("/predict", json=example).status_code == 200
    assert client.post("/predict/batch", json={"customers": [example]}).status_code == 200


def test_schema_and_validator_know_the_same_fields(bundle):
    """The page shows exactly the names that the validator accepts."""
    aliases = [field.alias for field in Live.of("1", bundle).form.customer.model_fields.values()]
    assert list(customer_schema(bundle.contract, "1")["properties"]) == aliases


def test_every_reference_leads_somewhere(page):
    """No $ref points at a schema that is absent."""

    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
            node = list(node.values())
        for child in node if isinstance(node, list) else []:
            yield from references(child)

    known = {f"#/components/schemas/{name}" for name in page["components"]["schemas"]}
    assert set(references(page)) <= known


def test_every_route_is_documented(client, page):
    """Each path of the service is on the page, and the bodies of the three posts are required."""
    assert set(page["paths"]) == {"/predict", "/predict/batch", "/outcomes", "/model", "/health", "/ready", "/metrics"}
    for path in ("/predict", "/predict/batch", "/outcomes"):
        operation = page["paths"][path]["post"]
        assert operation["requestBody"]["required"] is True
        assert "application/problem+json" in operation["responses"]["422"]["content"]
    assert "/openapi.json" in client.get("/docs").text


def test_the_page_follows_the_live_model(client, slot, page, other_bundle):
    """After a swap the page shows the new contract."""
    slot.swap(Live.of("2", other_bundle))
    after = client.get("/openapi.json").json()["components"]["schemas"]["Customer"]
    assert "_score" in page["components"]["schemas"]["Customer"]["properties"]
    assert "_score" not in after["properties"]
    assert "version 2" in after["description"]
