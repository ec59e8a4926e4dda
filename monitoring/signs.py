"""Signs of a broken feed: what a fault leaves in the counts of a window, and customers do not."""

from collections.abc import Iterator, Sequence

import numpy as np

from churn.contract import Column
from monitoring.counts import Counts
from monitoring.figures import Sign
from monitoring.twosample import in_words, shares_differ
from monitoring.yardstick import Yardstick

FEWEST = 30  # values that a scale or a constant is judged by
REST = 0.1  # of a level's usual share is left when it is lost
ALL_ROWS = "all rows"


def signs(yardstick: Yardstick, window: Counts, earlier: Sequence[Counts], complete: bool) -> list[Sign]:
    """Every sign of a fault, however weak; the verdict weighs them.

    earlier: windows before this one, to which it is compared in its number of rows and repeats. complete: whether the
    window has ended, without which it cannot lack rows.
    """
    found = [*_rows(window, earlier, complete)]
    for position, column in enumerate(yardstick.contract.columns):
        before, after = yardstick.counts, window
        found += _missing(before, after, position, column.name)
        found += _constant(before, after, position, column.name)
        if column.kind == "number":
            found += _unit(before, after, position, column.name)
        elif column.kind == "category":
            found += _levels(before, after, position, column)
    return found


def _missing(before: Counts, after: Counts, position: int, name: str) -> Iterator[Sign]:
    counts = before.cells[position][-1], before.rows, after.cells[position][-1], after.rows
    shares = float(counts[0] / counts[1]), float(counts[2] / counts[3])
    p_value = shares_differ(*counts)
    if p_value is None and shares[0] != shares[1]:
        p_value = 0.0  # present everywhere, then nowhere
    if p_value is not None:
        yield Sign("missing", name, *shares, p_value, f"missing {in_words(*shares)}")


def _unit(before: Counts, after: Counts, position: int, name: str) -> Iterator[Sign]:
    """The ratio of geometric means, or of means where single values lie far outside: a unit changed for all or for some."""
    sizes = [counts.spread.filled[position] for counts in (before, after)]
    if min(sizes) < FEWEST:
        return
    logs = [counts.spread.logs[position] / size for counts, size in zip((before, after), sizes, strict=True)]
    ratio = float(np.exp(logs[1] - logs[0]))
    yield Sign("unit", name, 1.0, ratio, 0.0, f"{ratio:.3g} times as large as usual")
    largest = [np.nanmax(np.abs([c.spread.low[position], c.spread.high[position]])) for c in (before, after)]
    roots = [np.sqrt(c.spread.squares[position] / s) for c, s in zip((before, after), sizes, strict=True)]
    partly = float(min(largest[1] / largest[0], roots[1] / roots[0]))
    yield Sign(
        "unit", name, 1.0, max(partly, 1.0), 0.0, f"some values {largest[1] / largest[0]:.3g} times as large as any before"
    )


def _constant(before: Counts, after: Counts, position: int, name: str) -> Iterator[Sign]:
    """A column of one value that had several; how likely that is by chance."""
    known, usual = after.cells[position][:-1], before.cells[position][:-1]
    if known.sum() < FEWEST or not usual.sum() or (known > 0).sum() > 1:
        return
    if after.spread.low[position] != after.spread.high[position] or before.spread.low[position] == before.spread.high[position]:
        return
    share = float((usual[known.argmax()] + 1) / (usual.sum() + 1))
    chance = float(share ** known.sum())
    yield Sign("constant", name, share, 1.0, chance, f"{after.spread.low[position]:.6g} in every row")


def _levels(before: Counts, after: Counts, position: int, column: Column) -> Iterator[Sign]:
    """A level that has gone: under another name if as much arrived that was never seen, else with its rows."""
    old, new = (counts.cells[position][:-1] for counts in (before, after))
    if not old.sum() or not new.sum():
        return
    shares = old / old.sum(), new / new.sum()
    arrived = shares[1][-1] - shares[0][-1]
    for code, level in enumerate(column.levels):
        was, now = float(shares[0][code]), float(shares[1][code])
        if was == 0 or now >= was:
            continue
        renamed = arrived > 0 and abs(now - (was - arrived)) < abs(now - was * (1 - arrived))
        known = (old[:-1].sum(), new[:-1].sum()) if renamed else (old.sum(), new.sum())
        p_value = shares_differ(old[code], known[0], new[code], known[1])
        if renamed:
            effect = f"{level} {in_words(was, now)} while {arrived:.1%} of the values were never seen before"
            yield Sign("renamed", column.name, was, now, 1.0 if p_value is None else p_value, effect)
        elif now <= REST * was:
            effect = f"{level} {in_words(was, now)}"
            yield Sign("lost", column.name, was, now, 1.0 if p_value is None else p_value, effect)


def _rows(window: Counts, earlier: Sequence[Counts], complete: bool) -> Iterator[Sign]:
    """Repeated and absent rows, which only earlier windows can say are unusual: some companies ask for a customer daily."""
    if not earlier:
        return
    usual = max(_repeated(counts) for counts in earlier)
    repeated = _repeated(window)
    yield Sign("repeated", ALL_ROWS, usual, repeated, 0.0, f"repeated rows {in_words(usual, repeated)}")
    if complete:
        rows = float(np.median([counts.rows for counts in earlier]))
        yield Sign("absent", ALL_ROWS, rows, float(window.rows), 0.0, f"{window.rows:,} rows instead of {rows:,.0f}")


def _repeated(counts: Counts) -> float:
    return counts.repeated / (counts.rows + counts.repeated)
