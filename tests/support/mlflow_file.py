"""The tables of MLflow that say which version an alias names, without MLflow, which takes long to import."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from churn.bundle.manifest import fingerprint
from churn.registry.registry import FINGERPRINT, Version, place

NAME = "churn"
TABLES = """
CREATE TABLE model_versions (
    name TEXT, version INTEGER, run_id TEXT, current_stage TEXT, workspace TEXT DEFAULT 'default',
    PRIMARY KEY (workspace, name, version));
CREATE TABLE model_version_tags (
    key TEXT, value TEXT, name TEXT, version INTEGER, workspace TEXT DEFAULT 'default',
    PRIMARY KEY (workspace, key, name, version));
CREATE TABLE registered_model_aliases (
    alias TEXT, version INTEGER, name TEXT, workspace TEXT DEFAULT 'default', PRIMARY KEY (workspace, name, alias));
"""


def make_registry(state: Path, bundles: Mapping[str, Path]) -> None:
    """A registry in a state folder with these versions, whose bundles are downloaded already."""
    with closing(sqlite3.connect(state / "mlflow.db")) as connection, connection:
        connection.executescript(TABLES)
        for version, bundle in bundles.items():
            mark = fingerprint(bundle)
            connection.execute("INSERT INTO model_versions VALUES (?, ?, 'run', 'None', 'default')", (NAME, version))
            set_tag(state, version, FINGERPRINT, mark, connection)
            shutil.copytree(bundle, place(state / "bundles", Version(version, mark, "run")))


def set_tag(state: Path, version: str, key: str, value: str, connection: sqlite3.Connection | None = None) -> None:
    """Set a tag of a version."""
    row = (key, value, NAME, version)
    statement = "INSERT OR REPLACE INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)"
    if connection:
        connection.execute(statement, row)
        return
    with closing(sqlite3.connect(state / "mlflow.db")) as own, own:
        own.execute(statement, row)
