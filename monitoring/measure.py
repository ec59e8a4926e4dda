"""The figures of a window, from arrays: the flow, the replay of a history and the proving ground all come through here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np

from churn.params import Monitoring
from monitoring.compare import compare
from monitoring.counts import Block, Counts, count, latest, repeats
from monitoring.estimate import estimate_auc
from monitoring.figures import Comparison, Figures
from monitoring.promises import promises
from monitoring.segments import followed, parts
from monitoring.signs import signs
from monitoring.together import together
from monitoring.worth import worth
from monitoring.yardstick import Matured, Yardstick


@dataclass(frozen=True)
class Past:
    """What is known besides the window itself.

    windows: counts of the earlier windows of the same model that were in order, oldest first. season: the rows of the
    same month of last year, scored by this model. matured: the newest sets of known outcomes of this model's predictions
    on feeds in order, oldest first. looks: how many such sets there have been. complete: whether the window has ended.
    """

    windows: Sequence[Counts] = ()
    season: Block | None = None
    matured: Sequence[Matured] = ()
    looks: int = 0
    complete: bool = False


def measure(yardstick: Yardstick, snapshot: str, window: Block, past: Past, policy: Monitoring) -> Figures:
    """Everything about one window of n rows, of which each customer's last counts.

    Fewer than `policy.min_rows` are counted and not compared.
    """
    repeated, kept = repeats(window), latest(window)
    window = window if len(kept) == len(window.matrix) else window.where(kept)
    counts = replace(count(yardstick.bins, [window]), repeated=repeated) if len(window.matrix) else None
    figures = Figures(snapshot, len(window.matrix), counts=counts, complete=past.complete)
    if counts is not None and counts.rows >= policy.min_rows:
        figures = _compared(yardstick, figures, window, counts, past, policy)
    return _judged(yardstick, figures, window, past, policy)


def _compared(yardstick: Yardstick, figures: Figures, window: Block, counts: Counts, past: Past, policy: Monitoring) -> Figures:
    before = policy.windows - 1
    run = list(past.windows)[-before:] if before else []
    found = compare(yardstick, counts, run if len(run) == before else None)
    found.append(together(yardstick, window))
    if past.season is not None and len(past.season.matrix) >= policy.min_rows:
        found = _both(found, _against(yardstick, past.season, window))
    reference = yardstick.reference
    return replace(
        figures,
        comparisons=tuple(found),
        signs=tuple(signs(yardstick, counts, past.windows, past.complete)),
        noise=yardstick.noise(counts.rows),
        estimate=estimate_auc(window.probability, reference.label, reference.block.probability, yardstick.seed),
        worth=worth(yardstick, window),
    )


def _against(yardstick: Yardstick, season: Block, window: Block) -> list[Comparison]:
    """The comparisons of a window with another reference."""
    label = np.zeros(len(season.matrix), dtype=np.int64)
    other = replace(yardstick, reference=Matured(season, label), _moves={})
    return [*compare(other, count(other.bins, [window])), together(other, window)]


def _both(found: list[Comparison], seasonal: list[Comparison]) -> list[Comparison]:
    """What stands out must stand out against the same month of last year too: the larger p-value counts."""
    others = {one.key: one for one in seasonal}
    return [_weaker(one, others[one.key]) if one.key in others else one for one in found]


def _weaker(one: Comparison, other: Comparison) -> Comparison:
    joined = None if one.joined is None else max(one.joined, other.p_value)
    return replace(one, p_value=max(one.p_value, other.p_value), joined=joined, impact=min(one.impact, other.impact))


def _judged(yardstick: Yardstick, figures: Figures, window: Block, past: Past, policy: Monitoring) -> Figures:
    """With what the newest outcomes say, and the segments."""
    chosen = parts(yardstick, policy.segments)
    if not past.matured:
        return replace(figures, segments=followed(chosen, window, None))
    newest, joined = past.matured[-1], reduce(add, past.matured[-policy.windows :])
    return replace(
        figures,
        outcomes=len(newest.label),
        looks=past.looks,
        promises=tuple(promises(yardstick, newest, joined, chosen, policy)),
        segments=followed(chosen, window, newest),
    )
