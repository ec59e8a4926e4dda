"""YAML files, and what is wrong with one in a line."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML


def read_yaml(path: Path) -> Any:
    """Read YAML 1.2, which DVC writes: an unquoted Yes is a word in it, not a boolean."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def describe(error: ValidationError, prefix: str = "") -> str:
    """One line that names every wrong key, below `prefix`, and why."""
    reasons = {"extra_forbidden": "unknown key", "missing": "missing"}
    parts = [f"{prefix}{'.'.join(map(str, e['loc'])) or 'file'}: {reasons.get(e['type'], e['msg'])}" for e in error.errors()]
    return "; ".join(parts)
