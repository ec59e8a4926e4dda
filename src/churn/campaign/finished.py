"""A finished run of `churn score`, and why its rows have their scores."""

from typing import Any

import numpy as np

from churn.campaign.choice import Rows
from churn.errors import TableError
from churn.score import files
from churn.score.part import name_of, reasons
from churn.score.plan import Plan
from churn.score.write import PLAN, Target


def whole(target: Target) -> Plan:
    """The plan of a run of which every part is done. Raises TableError for anything else."""
    if not target.exists(PLAN):
        raise TableError(f"{target.address} is no result of `churn score`: it has no {PLAN}; score first")
    plan = Plan.model_validate_json(target.read_text(PLAN))
    absent = sum(not target.exists(name_of(part)) for part in plan.parts)
    if absent or not plan.parts:
        raise TableError(f"{target.address} lacks {absent} of {len(plan.parts)} parts; call `churn score` again, which goes on")
    return plan


def explained(target: Target, plan: Plan, chosen: Rows, most: int) -> dict[int, list[dict[str, Any]]]:
    """By position in the base, the strongest reasons of some rows; their input is read again. Raises TableError."""
    now = [file for source in plan.sources for file in files.find(source.address)]
    if files.fingerprint(now) != plan.input:
        raise TableError(f"what {target.address} was scored from has changed since, so nobody can be explained; score again")
    found, wanted, start = dict[int, list[dict[str, Any]]](), np.sort(chosen), 0
    for part in plan.parts:
        end = start + target.counts(name_of(part)).scored
        here = wanted[np.searchsorted(wanted, start) : np.searchsorted(wanted, end)] - start
        if len(here):
            found |= {start + row: told for row, told in reasons(plan, part, here, most).items()}
        start = end
    return found
