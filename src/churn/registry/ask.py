"""Ask who is champion without MLflow's client: of the tables in a SQLite file, or of a tracking server.

Both answer as `Registry.champion` does and raise RegistryUnavailable.
"""

import json
import sqlite3
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from churn.errors import RegistryUnavailable
from churn.registry.registry import ALIAS, FINGERPRINT, LOCAL, Version

ANSWER_SECONDS = 15
QUERY = """
SELECT v.version, t.value, v.run_id
FROM registered_model_aliases a
JOIN model_versions v ON v.workspace = a.workspace AND v.name = a.name AND v.version = a.version
LEFT JOIN model_version_tags t ON t.workspace = v.workspace AND t.name = v.name AND t.version = v.version AND t.key = ?
WHERE a.name = ? AND a.alias = ?
"""


def file(uri: str, name: str) -> Version | None:
    """Ask a SQLite file, which is only read; one that is not there yet knows no champion."""
    path = Path(uri.removeprefix(LOCAL))
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            found = connection.execute(QUERY, (FINGERPRINT, name, ALIAS)).fetchone()
    except sqlite3.Error as error:
        raise _failed(uri, error) from error
    return Version(str(found[0]), found[1] or "", found[2] or "") if found else None


def server(uri: str, name: str) -> Version | None:
    """Ask a tracking server."""
    try:
        model = _get(uri, "registered-models/get", "registered_model", name=name)
        aliases = {item["alias"]: item["version"] for item in model.get("aliases", [])}
        if ALIAS not in aliases:
            return None
        found = _get(uri, "model-versions/get", "model_version", name=name, version=aliases[ALIAS])
        tags = {item["key"]: item["value"] for item in found.get("tags", [])}
        return Version(str(found["version"]), tags.get(FINGERPRINT, ""), found.get("run_id", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # no answer, or not one of MLflow
        raise _failed(uri, error) from error


def _get(uri: str, path: str, part: str, **query: str) -> dict[str, Any]:
    """A part of an answer; empty for what the server does not know."""
    try:
        with urlopen(f"{uri.rstrip('/')}/api/2.0/mlflow/{path}?{urlencode(query)}", timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)[part]
            return found
    except HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND and b"RESOURCE_DOES_NOT_EXIST" in error.read():
            return {}
        raise


def _failed(uri: str, error: Exception) -> RegistryUnavailable:
    cause = " ".join(str(error).split())[:200] or type(error).__name__
    return RegistryUnavailable(f"the registry {uri} failed ({cause}); check MLFLOW_TRACKING_URI")
