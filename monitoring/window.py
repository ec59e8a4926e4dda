"""Windows of stored predictions as arrays, and the past that they are judged in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np

from churn.bundle.open import Bundle
from churn.contract import encode
from churn.contract.schema import as_columns
from churn.params import Params
from monitoring.counts import Block, Floats, customer_hashes, latest
from monitoring.figures import Figures
from monitoring.yardstick import Matured, Yardstick

Rows = Sequence[Mapping[str, Any]]
JUDGED = {"steady", "suspected", "drifted", "decayed"}


def yardstick_of(bundle: Bundle, params: Params) -> Yardstick:
    """What the windows of a bundle's model are measured against."""
    reference = bundle.reference()
    matrix = encode(bundle.contract, as_columns(bundle.contract, list(reference.rows)))
    return Yardstick(
        bundle.contract,
        bundle.decision,
        Matured(Block(matrix, reference.probability), reference.label),
        bundle.score_matrix,
        params.monitoring.bins,
        params.data.protected,
        params.train.seed,
    )


def as_block(bundle: Bundle, rows: Rows, probability: Floats | None = None) -> Block:
    """Stored predictions, as `Store.window` gives them, as arrays; `probability` instead of the one that was answered."""
    matrix = encode(bundle.contract, as_columns(bundle.contract, [row["features"] for row in rows]))
    names = [row.get("customer") for row in rows]
    keys = None if None in names else customer_hashes(np.array([_number(str(name)) for name in names], dtype=np.int64))
    answered = np.array([row["probability"] for row in rows], dtype=np.float64) if probability is None else probability
    return Block(matrix, answered, keys)


def as_season(bundle: Bundle, rows: Rows) -> Block | None:
    """Predictions of the same month of last year, as this model would have made them; None without any."""
    if not rows:
        return None
    block = as_block(bundle, rows)
    block = block.where(latest(block))
    return Block(block.matrix, bundle.score_matrix(block.matrix), block.customer)


def as_sets(bundle: Bundle, snapshots: Iterator[Rows], fewest: int, most: int) -> list[Matured]:
    """The newest `most` sets of matured outcomes, oldest first; snapshots come newest first and small ones are joined."""
    found: list[Matured] = []
    waiting: list[Mapping[str, Any]] = []
    for rows in snapshots:
        waiting = [*rows, *waiting]
        if len(waiting) >= fewest:
            found.append(_matured(bundle, waiting))
            waiting = []
        if len(found) == most:
            break
    return found[::-1]


def last_year(snapshot: str) -> str | None:
    """The same month, or day, of the year before; None for a name that is no date."""
    for form in ("%Y-%m", "%Y-%m-%d"):
        try:
            return f"{int(snapshot[:4]) - 1:04d}{datetime.strptime(snapshot, form).strftime(form)[4:]}"
        except ValueError:
            continue
    return None


def trailing(verdicts: Sequence[tuple[str, str]]) -> list[str]:
    """Names of the windows at the end of (name, state) pairs that were too small and wait to be joined."""
    names: list[str] = []
    for name, state in reversed(verdicts):
        if state != "insufficient":
            break
        names.insert(0, name)
    return names


def in_order(known: Sequence[tuple[str, Figures]]) -> list[Figures]:
    """Those of (state, figures) pairs that were judged and not broken."""
    return [figures for state, figures in known if state in JUDGED]


def _matured(bundle: Bundle, rows: Rows) -> Matured:
    block = as_block(bundle, rows)
    kept = latest(block)
    label = np.array([bool(row["churned"]) for row in rows], dtype=np.int64)
    return Matured(block.where(kept), label[kept])


def _number(name: str) -> int:
    """A whole number for a name, the same in every process."""
    return int.from_bytes(sha256(name.encode()).digest()[:7], "big")
