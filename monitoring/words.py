"""Findings as sentences for a manager."""

from collections.abc import Sequence

from monitoring.figures import Comparison, Interval, Promise, Sign

NAMED = 3  # findings spelt out in one sentence; more are counted
COUNTS = {1: "one", 2: "two", 3: "three", 4: "four"}
MOVED = {
    "distribution": "moved",
    "prediction": "moved",
    "missing": "has another share of missing values",
    "unseen": "has another share of levels unknown to the model",
    "together": "moved",
}
FAULTS = {
    "missing": "lost or gained values",
    "unit": "changed its unit",
    "renamed": "has a level under another name",
    "lost": "lacks the rows of a level",
    "constant": "is the same everywhere",
    "repeated": "came more than once",
    "absent": "did not all arrive",
}


def findings(comparisons: Sequence[Comparison]) -> str:
    """What moved."""
    return _counted([f"{one.column} {MOVED[one.kind]} ({one.effect})" for one in comparisons])


def faults(signs: Sequence[Sign]) -> str:
    """What is out of order."""
    return _counted([f"{sign.column} {FAULTS[sign.fault]} ({sign.effect})" for sign in signs])


def promises(failed: Sequence[Promise]) -> str:
    """What the model does not keep."""
    return _counted([_promise(one) for one in failed])


def columns(comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """Names, each once."""
    return tuple(dict.fromkeys(one.column for one in comparisons))


def listed(parts: Sequence[str]) -> str:
    """Names in a sentence."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _counted(parts: list[str]) -> str:
    if len(parts) > NAMED:
        parts = [*parts[:NAMED], f"{len(parts) - NAMED} more"]
    return listed(parts)


def _promise(one: Promise) -> str:
    if one.figure == "auc":
        return f"the AUC is {_figure(one.live, 3)}; the model promised {_figure(one.promised, 3)}"
    if one.figure == "profit":
        return f"the profit of 1,000 customers is off the predicted one by {_figure(one.live, 0)}"
    of = f" where {one.segment}" if one.segment else ""
    return f"the rate of leaving{of} is off the predicted one by {_figure(one.live, 3)}"


def _figure(one: Interval, digits: int) -> str:
    return f"{one.value:,.{digits}f} ({one.low:,.{digits}f} to {one.high:,.{digits}f})"
