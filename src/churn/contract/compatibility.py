"""Whether requests that one contract takes would be refused by another."""

from typing import NamedTuple

from churn.contract.schema import Contract


class Accepted(NamedTuple):
    """What a contract takes under one name: a kind of value, whether null will do, and whether it must be there."""

    kind: str
    nullable: bool
    required: bool


def refusals(live: Contract, challenger: Contract) -> list[str]:
    """Each way in which `challenger` would refuse a request that `live` takes; none if it takes them all.

    A request is refused if a column is new (it would be absent), gone (it would be unknown), of another kind, or null
    where it may no longer be. Levels and ranges may differ: a category never seen is scored, and ranges only describe.
    """
    old, new = _accepted(live), _accepted(challenger)
    added = [f"'{name}' would be missing" for name, field in new.items() if field.required and name not in old]
    changed = (_change(name, field, new.get(name)) for name, field in old.items())
    return [*added, *filter(None, changed)]


def _change(name: str, old: Accepted, new: Accepted | None) -> str:
    if new is None:
        return f"'{name}' would be unknown"
    if new.kind != old.kind:
        return f"'{name}' would have to be {new.kind}, not {old.kind}"
    if new.required and not old.required:
        return f"'{name}' could no longer be left out"
    return f"'{name}' could no longer be null" if old.nullable and not new.nullable else ""


def _accepted(contract: Contract) -> dict[str, Accepted]:
    """By name, everything that a request may hold; the id and the snapshot may be left out."""
    labels = {contract.id: "an id", contract.snapshot: "a snapshot"}
    found = {name: Accepted(kind, nullable=True, required=False) for name, kind in labels.items() if name}
    return found | {column.name: Accepted(f"a {column.kind}", column.nullable, required=True) for column in contract.columns}
