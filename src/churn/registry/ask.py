"""Ask which version an alias names, and move aliases, without MLflow's client: in a SQLite file or at a tracking server.

Both desks answer as `Registry` does and raise RegistryUnavailable or LoginRefused; to point at a version that is not there
raises NoModel.
"""

import json
import sqlite3
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from churn.errors import ChurnError, NoModel
from churn.registry.registry import FINGERPRINT, LOCAL, PLAN, REFUSED, Named, Version, failure
from churn.settings import tracking_login

ANSWER_SECONDS = 15
QUERY = """
SELECT v.version, f.value, v.run_id, p.value
FROM registered_model_aliases a
JOIN model_versions v ON v.workspace = a.workspace AND v.name = a.name AND v.version = a.version
LEFT JOIN model_version_tags f ON f.workspace = v.workspace AND f.name = v.name AND f.version = v.version AND f.key = ?
LEFT JOIN model_version_tags p ON p.workspace = v.workspace AND p.name = v.name AND p.version = v.version AND p.key = ?
WHERE a.name = ? AND a.alias = ?
"""
POINT = """
INSERT INTO registered_model_aliases (alias, version, name, workspace)
SELECT ?, version, name, workspace FROM model_versions WHERE name = ? AND version = ? AND current_stage <> 'Deleted_Internal'
ON CONFLICT (workspace, name, alias) DO UPDATE SET version = excluded.version
"""
DROP = "DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?"
ALIASES = "registered-models/alias"


class Desk(Protocol):
    """Where to ask about the aliases of one model."""

    def named(self, alias: str) -> Named | None:
        """The version that an alias names, None if it names none."""

    def point(self, alias: str, version: str) -> None:
        """Let an alias name a version."""

    def drop(self, alias: str) -> None:
        """Let an alias name nothing, as it may already."""


class FileDesk:
    """The tables of MLflow in a SQLite file; one that is not there yet knows no version."""

    def __init__(self, uri: str, name: str) -> None:
        self._uri, self._name, self._path = uri, name, Path(uri.removeprefix(LOCAL))

    def named(self, alias: str) -> Named | None:
        """Read the alias and two tags of its version."""
        if not self._path.exists():
            return None
        with self._open("ro") as connection:
            found = connection.execute(QUERY, (FINGERPRINT, PLAN, self._name, alias)).fetchone()
        return Named(Version(str(found[0]), found[1] or "", found[2] or ""), found[3] or "") if found else None

    def point(self, alias: str, version: str) -> None:
        """Write one row; MLflow keeps an alias nowhere else."""
        with self._open("rw") as connection, connection:
            if connection.execute(POINT, (alias, self._name, version)).rowcount != 1:
                raise _absent(self._uri, self._name, version)

    def drop(self, alias: str) -> None:
        """Delete that row."""
        with self._open("rw") as connection, connection:
            connection.execute(DROP, (self._name, alias))

    @contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(f"file:{quote(str(self._path))}?mode={mode}", uri=True)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise _failed(self._uri, error) from error


class ServerDesk:
    """A tracking server's REST API, with the login of the environment where there is one."""

    def __init__(self, uri: str, name: str) -> None:
        self._uri, self._name = uri, name
        login = tracking_login()
        self._entry = {"Authorization": f"Basic {b64encode(':'.join(login).encode()).decode()}"} if login else {}

    def named(self, alias: str) -> Named | None:
        """Ask for the aliases of the model, then for the version."""
        with self._answering():
            model = self._get("registered-models/get", "registered_model", name=self._name)
            aliases = {item["alias"]: item["version"] for item in model.get("aliases", [])}
            if alias not in aliases:
                return None
            found = self._get("model-versions/get", "model_version", name=self._name, version=aliases[alias])
            tags = {item["key"]: item["value"] for item in found.get("tags", [])}
            version = Version(str(found["version"]), tags.get(FINGERPRINT, ""), found.get("run_id", ""))
            return Named(version, tags.get(PLAN, ""))

    def point(self, alias: str, version: str) -> None:
        """Ask for the version, then move the alias."""
        with self._answering():
            if not self._get("model-versions/get", "model_version", name=self._name, version=version):
                raise _absent(self._uri, self._name, version)
            self._send("POST", {"name": self._name, "alias": alias, "version": version})

    def drop(self, alias: str) -> None:
        """Delete the alias; the server does not mind if it is gone."""
        with self._answering():
            self._send("DELETE", {"name": self._name, "alias": alias})

    def _get(self, path: str, part: str, **query: str) -> dict[str, Any]:
        """A part of an answer; empty for what the server does not know."""
        try:
            request = Request(f"{self._url(path)}?{urlencode(query)}", headers=self._entry)  # noqa: S310
            with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)[part]
                return found
        except HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND and b"RESOURCE_DOES_NOT_EXIST" in error.read():
                return {}
            raise

    def _send(self, method: str, body: Mapping[str, str]) -> None:
        headers = {"Content-Type": "application/json", **self._entry}
        request = Request(self._url(ALIASES), json.dumps(body).encode(), headers, method=method)  # noqa: S310
        urlopen(request, timeout=ANSWER_SECONDS).close()  # noqa: S310

    def _url(self, path: str) -> str:
        return f"{self._uri.rstrip('/')}/api/2.0/mlflow/{path}"

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # no answer, or not one of MLflow
            raise _failed(self._uri, error) from error


def _absent(uri: str, name: str, version: str) -> NoModel:
    return NoModel(f"model '{name}' has no version {version} in {uri}; `churn history` names those that were champion")


def _failed(uri: str, error: Exception) -> ChurnError:
    refused = isinstance(error, HTTPError) and error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    return failure(uri, error, REFUSED[0] if refused else "")
