"""What happened, as sentences: the history of the model in plain words."""

from collections.abc import Callable, Sequence
from typing import Any

from churn.store.tables import Event
from monitoring.retrain import BEGUN, ENDED

SHOWN = 8
Fact = tuple[str, str]
BECAUSE = {
    "decayed": "the model has decayed",
    "drifted": "the customers have changed",
    "outcomes": "many new outcomes have arrived",
    "days": "the model has grown old",
}


def past(history: Sequence[Event]) -> list[Fact]:
    """The newest lines that mean something to a manager, newest first: the day, and what happened."""
    told = [(f"{line.time:%Y-%m-%d}", said) for line in reversed(history) if (said := _said(line))]
    return told[:SHOWN]


def _said(line: Event) -> str:
    """Empty for what other lines tell as well."""
    words = WORDS.get(line.kind)
    return words(line.version, line.detail) if words else ""


def _promoted(version: str, detail: dict[str, Any]) -> str:
    before = detail.get("before")
    return f"Version {version} went live{f' in place of version {before}' if before else ''}: {detail.get('reason', '')}."


def _gated(version: str, detail: dict[str, Any]) -> str:
    reason = str(detail.get("reason", "")).removeprefix("refused: ")
    return "" if detail.get("promote") else f"Version {version} was refused: {reason}."


def _back(version: str, detail: dict[str, Any]) -> str:
    return f"Version {version} answers again in place of version {detail.get('before')}: {detail.get('reason', '')}."


def _begun(_: str, detail: dict[str, Any]) -> str:
    """The finding that asked for it has a line of its own."""
    asked = str(detail.get("key") or "").rpartition(", ")[2]
    return f"A retraining began: {BECAUSE.get(asked, str(detail.get('reason', '')).rstrip('.'))}."


def _ended(_: str, detail: dict[str, Any]) -> str:
    return f"The retraining failed ({detail['failed']})." if detail.get("failed") else ""


def _found(_: str, detail: dict[str, Any]) -> str:
    return str(detail.get("evidence", ""))


WORDS: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "registered": lambda version, _: f"Version {version} was trained.",
    "gated": _gated,
    "promoted": _promoted,
    "undone": lambda version, detail: f"The promotion of version {version} was undone: {detail.get('reason', '')}.",
    "rolled back": _back,
    "overridden": lambda version, detail: f"The gate was overruled for version {version}: {detail.get('reason', '')}.",
    "declined": lambda version, detail: f"Version {version} was declined: {detail.get('reason', '')}.",
    "withdrawn": lambda version, detail: f"Version {version} was withdrawn from its trial: {detail.get('reason', '')}.",
    BEGUN: _begun,
    ENDED: _ended,
    "broken": _found,
    "drifted": _found,
    "decayed": _found,
    "repaired": lambda _, detail: f"The feed is in order again in {detail.get('snapshot', '')}.",
}
