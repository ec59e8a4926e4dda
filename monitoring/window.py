"""What a window is measured against, and the past that it is judged in."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from churn.bundle.open import Bundle
from churn.contract import encode
from churn.contract.schema import as_columns
from churn.params import Params
from monitoring.counts import Block, latest
from monitoring.figures import Figures
from monitoring.yardstick import Matured, Yardstick

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


def as_season(bundle: Bundle, block: Block) -> Block | None:
    """Predictions of the same month of last year, as this model would have made them; None without any."""
    if not len(block.matrix):
        return None
    block = block.where(latest(block))
    return Block(block.matrix, bundle.score_matrix(block.matrix), block.customer)


def as_sets(snapshots: Iterator[Matured], fewest: int, most: int) -> list[Matured]:
    """The newest `most` sets of matured outcomes, oldest first; snapshots come newest first and small ones are joined."""
    found: list[Matured] = []
    waiting: Matured | None = None
    for one in snapshots:
        waiting = one + waiting if waiting else one
        if len(waiting.label) >= fewest:
            found.append(_each_once(waiting))
            waiting = None
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


def _each_once(matured: Matured) -> Matured:
    """Each customer with the newest row."""
    kept = latest(matured.block)
    return Matured(matured.block.where(kept), matured.label[kept])
