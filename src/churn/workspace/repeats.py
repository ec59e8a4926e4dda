"""Rows and customers that come more than once, and the columns that would tell them apart."""

from collections.abc import Iterator

import pandas as pd

from churn.data.infer import Findings
from churn.data.infer.useless import names_a_customer
from churn.params.data import days_since
from churn.workspace.roles import Roles

FEW_PERIODS = 200


def repeated_rows(raw: pd.DataFrame) -> int:
    """How many rows repeat another."""
    return int(raw.astype(str).duplicated().sum())


def advice(raw: pd.DataFrame, roles: Roles, found: Findings) -> Iterator[str]:
    """What to name as --id and --snapshot."""
    identity = _identity(roles, found)
    if identity is None:
        return
    rows, customers = len(raw), raw[identity].nunique()
    if roles.id is None:
        often = f" ({customers:,} in {rows:,} rows)" if customers < rows else ""
        yield f"{identity} looks like the id of a customer{often}: name it with --id to keep a customer's rows together"
    period = _period(raw, roles, identity)
    if period:
        yield f"each {identity} has one row for a {period}: if that is the period of a row, name it with --snapshot"


def adopted(raw: pd.DataFrame, roles: Roles, found: Findings) -> Roles:
    """The roles, with the obvious id of customers who come in several rows: they may not be learned from and judged on."""
    identity = _identity(roles, found)
    if roles.id or identity is None or not names_a_customer(identity) or raw[identity].nunique() == len(raw):
        return roles
    found.ids.remove(identity)
    del found.drop[identity]
    found.notes.append(
        f"{identity}: taken as the id, since {raw[identity].nunique():,} customers come in {len(raw):,} rows; "
        "all rows of one stay on one side of every split (--id names another)"
    )
    return roles._replace(id=identity)


def leave_out_period(raw: pd.DataFrame, roles: Roles, found: Findings) -> None:
    """A date that tells the rows of one customer apart says when a row is from, and nothing of the customer."""
    identity = _identity(roles, found)
    period = _period(raw, roles, identity) if identity else None
    if period in found.dates:
        del found.dates[period], found.columns[days_since(period)]
        found.notes = [note for note in found.notes if not note.startswith(f"{period}: dates")]
        found.drop[period] = "a date, the period of a row"
        if not found.dates:
            found.as_of, found.decide = None, [line for line in found.decide if "data.as_of" not in line]


def _identity(roles: Roles, found: Findings) -> str | None:
    return roles.id or next(iter(sorted(found.ids, key=lambda name: not names_a_customer(name))), None)


def _period(raw: pd.DataFrame, roles: Roles, identity: str) -> str | None:
    """The column that tells the rows of one customer apart, where nobody has named it."""
    if roles.snapshot is not None or raw[identity].nunique() == len(raw):
        return None
    return next((name for name in raw.columns if _tells_apart(raw, identity, name, roles)), None)


def _tells_apart(raw: pd.DataFrame, identity: str, name: str, roles: Roles) -> bool:
    """Whether a column of few values, together with the id, is different in every row."""
    if name in (identity, roles.target) or not 2 <= raw[name].nunique() <= FEW_PERIODS:
        return False
    return not raw[[identity, name]].astype(str).duplicated().any()
