"""From two bundles to what the gate is told of them."""

import time
from collections.abc import Collection
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from churn import gate
from churn.bundle.open import Bundle, Reference
from churn.contract.compatibility import refusals
from churn.data.labelled import in_time
from churn.evaluate.slices import parts
from churn.feedback import file_of

ASKED = 200  # single rows by which the time of an answer is measured


def candidate_of(bundle: Bundle, champion: Bundle | None, broken: Collection[str], now: datetime) -> gate.Candidate:
    """Everything that the gate asks of a candidate; what an older bundle does not hold is not a number, and holds nothing.

    broken: names of the snapshots that monitoring called broken.
    """
    known, made_of = bundle.metrics, bundle.metrics.get("made_of", {})
    reference = bundle.reference()
    newest, other = made_of.get("newest"), champion.metrics.get("made_of", {}).get("newest") if champion else None
    return gate.Candidate(
        scores=contestant(bundle, reference),
        rows=gate.Rows(reference.label, reference.customer, _segments(bundle, reference)),
        costs=bundle.decision,
        export_error=float(known.get("export_error", gate.UNKNOWN)),
        groups=_groups(known.get("fairness", {})),
        rule=None if known.get("chosen") == "rule" else _rule(known.get("rule", {})),
        refusals=refusals(champion.contract, bundle.contract) if champion else (),
        broken=_learned(made_of.get("learned", []), broken),
        newer=_newer(newest, other),
        older=_newer(other, newest),
        age_days=_age(newest, now),
    )


def _learned(learned: Collection[str], broken: Collection[str]) -> list[str]:
    """The broken snapshots that were learned from, by their own name or, where no column has it, by that of their file."""
    return sorted(name for name in broken if {name, file_of(name)} & set(learned))


def contestant(bundle: Bundle, reference: Reference) -> gate.Contestant:
    """A model's scores of the candidate's reference rows, and what an answer of it costs."""
    megabytes = sum(path.stat().st_size for path in bundle.folder.iterdir()) / 1e6
    return gate.Contestant(bundle.score(list(reference.rows)).probability, _milliseconds(bundle, reference), megabytes)


def _milliseconds(bundle: Bundle, reference: Reference) -> float:
    """Median CPU time of an answer to one row, so that what else the machine does counts little."""
    took = []
    for row in reference.rows[:ASKED]:
        begun = time.process_time()
        bundle.score_rows([[row.get(name) for name in bundle.contract.features]])
        took.append(1000 * (time.process_time() - begun))
    return float(np.median(took))


def _segments(bundle: Bundle, reference: Reference) -> dict[str, Any]:
    frame = pd.DataFrame(reference.rows, columns=list(bundle.contract.features))
    typed = {column.name: frame[column.name] if column.kind == "category" else frame[column.name].astype(float)
             for column in bundle.contract.columns if column.name in frame}  # fmt: skip
    return {f"{column}, {part}": mask for column, part, mask in parts(pd.DataFrame(typed))}


def _groups(fairness: dict[str, Any]) -> list[gate.Group]:
    return [
        gate.Group(f"{column}, {name}", _ends(group, "reached_gap"), _ends(group, "observed_minus_predicted_gap"))
        for column, groups in fairness.items()
        for name, group in groups.items()
    ]


def _ends(group: dict[str, float], figure: str) -> tuple[float, float, float]:
    value, low, high = (group.get(name, gate.UNKNOWN) for name in (figure, f"{figure}_low", f"{figure}_high"))
    return value, low, high


def _rule(told: dict[str, Any]) -> gate.Rule:
    gain = told.get("gain", {})
    ends = tuple(float(gain.get(name, gate.UNKNOWN)) for name in ("value", "low", "high"))
    return gate.Rule(str(told.get("sentence", "not known")), (ends[0], ends[1], ends[2]), told.get("ceiling", gate.UNKNOWN))


def _newer(one: str | None, other: str | None) -> bool:
    """Whether a snapshot is later than another; not where either is unknown."""
    return bool(one and other and one != other and in_time(np.array([one, other], dtype=object))[-1] == one)


def _age(snapshot: str | None, now: datetime) -> float:
    """Days since the date that names a snapshot; not a number where its name is none."""
    date = pd.to_datetime((snapshot or "").removeprefix("feedback-"), errors="coerce", utc=True)
    return gate.UNKNOWN if pd.isna(date) else (now - date.to_pydatetime()).total_seconds() / 86400
