"""What the API page says about keys."""

from typing import Any

from serving.keys.guard import NEEDS, OPEN
from serving.problems import MEDIA_TYPE

SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "an API key, made with `churn key`"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
ASKED: list[dict[str, list[str]]] = [{name: []} for name in SCHEMES]


def secured(page: dict[str, Any]) -> dict[str, Any]:
    """The page with the two ways to send a key, and on each guarded operation its scope and its refusals."""
    page["components"]["securitySchemes"] = SCHEMES
    for path, operations in page["paths"].items():
        if path not in OPEN:
            for operation in operations.values():
                scopes = " or ".join(sorted(NEEDS[path]))
                operation["security"] = ASKED
                operation["responses"] |= _refusals(scopes)
    return page


def _refusals(scopes: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "401": {"description": "No valid API key was sent", "content": content},
        "403": {"description": f"The API key lacks the scope {scopes}", "content": content},
    }
