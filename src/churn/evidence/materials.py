"""The bill of materials of the environment in the form of CycloneDX 1.6 (ECMA-424): every package that had a say."""

import platform
from importlib.metadata import Distribution, distributions
from typing import Any
from urllib.parse import quote


def materials(name: str, version: str) -> dict[str, Any]:
    """Each installed package with its version and package URL, sorted; `name` and `version` are the model's."""
    found = {item.metadata["Name"].lower(): item for item in distributions() if item.metadata["Name"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "machine-learning-model", "name": name, "version": version},
            "properties": [{"name": "python", "value": platform.python_version()}],
        },
        "components": [_component(found[one]) for one in sorted(found)],
    }


def _component(item: Distribution) -> dict[str, Any]:
    name = str(item.metadata["Name"])
    address = f"pkg:pypi/{quote(name.lower().replace('_', '-'))}@{quote(item.version)}"
    return {"type": "library", "name": name, "version": item.version, "purl": address, "bom-ref": address}
