"""From the store to the figures of a window: its rows, joined with small ones that wait, and what is known of the past."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial, reduce
from operator import add
from typing import Any

from churn.bundle.open import Bundle
from churn.feedback import broken, matured
from churn.params import Params
from churn.store import Store
from churn.store.stream import Tally
from monitoring.counts import Block
from monitoring.figures import Figures
from monitoring.measure import Past, measure
from monitoring.read import Asked, as_matured, read
from monitoring.window import as_season, as_sets, in_order, last_year, trailing, yardstick_of
from monitoring.yardstick import Matured

Tallies = Callable[[str], Tally]


@dataclass(frozen=True)
class Observed:
    """The figures of a window, and rows of it to draw: features and probability of each."""

    rows: list[Mapping[str, Any]]
    figures: Figures


def observe(log: Store, bundle: Bundle, version: str, snapshot: str, knobs: Params) -> Observed:
    """Measure the predictions of one version in a snapshot; windows before it that were too small are joined with it."""
    names = log.snapshots()
    known = _windows(log, version, names, snapshot)
    joined = trailing([(figures.snapshot, state) for state, figures in known])
    tally = cache(partial(log.tally, model_version=version))
    parts = [_read(log, bundle, Asked(name, version), tally(name).rows, knobs) for name in [*joined, snapshot]]
    window = reduce(add, [block for block, _ in parts])
    drawn = [row for _, rows in parts for row in rows]
    counts = [one.counts for one in in_order(known) if one.counts is not None]
    whole = snapshot != names[-1] and log.tally(snapshot).rows == tally(snapshot).rows  # others answered a part, else
    past = replace(_past(log, bundle, version, snapshot, tally, knobs), windows=counts, complete=whole)
    del parts  # the rows a second time, unless several windows were joined
    return Observed(drawn, measure(yardstick_of(bundle, knobs), snapshot, window, past, knobs.monitoring))


def _read(log: Store, bundle: Bundle, asked: Asked, rows: int, knobs: Params) -> tuple[Block, list[Mapping[str, Any]]]:
    """The rows of a snapshot; of every so many one is drawn, so that at least as many as are wanted are."""
    every = max(rows // knobs.monitoring.sample_rows, 1)
    parts = read(log, bundle.contract, replace(asked, every=every), rows)
    return as_matured(bundle.contract, parts).block, [row for part in parts for row in part.drawn]


def known_windows(log: Store, version: str, snapshot: str | None = None) -> list[tuple[str, Figures]]:
    """State and figures of the version's windows, oldest first: those before a snapshot, all without one.

    What an older program wrote is left out.
    """
    return _windows(log, version, log.snapshots(), snapshot)


def _windows(log: Store, version: str, names: list[str], snapshot: str | None) -> list[tuple[str, Figures]]:
    before = set(names[: names.index(snapshot)]) if snapshot in names else set(names)
    windows = [one for one in log.windows() if one.model_version == version and one.snapshot in before]
    windows.sort(key=lambda one: names.index(one.snapshot))
    read = [(one.verdict, Figures.from_json(one.figures)) for one in windows]
    return [(state, figures) for state, figures in read if figures is not None]


def _past(log: Store, bundle: Bundle, version: str, snapshot: str, tally: Tallies, knobs: Params) -> Past:
    policy = knobs.monitoring
    before = last_year(snapshot) if policy.season else None
    names = log.snapshots(version)
    season = as_season(bundle, _all(log, bundle, before)) if before else None
    sets = as_sets(_newest_matured(log, bundle, version, names, tally, knobs), policy.min_outcomes, policy.windows)
    return Past((), season, sets, looks=len(names))


def _all(log: Store, bundle: Bundle, snapshot: str) -> Block:
    """The rows of a snapshot, whichever version answered."""
    return as_matured(bundle.contract, read(log, bundle.contract, Asked(snapshot), log.tally(snapshot).rows)).block


def _newest_matured(
    log: Store, bundle: Bundle, version: str, names: list[str], tally: Tallies, knobs: Params
) -> Iterator[Matured]:
    """The version's predictions whose outcomes have matured, the newest snapshot first; broken feeds are left out."""
    out_of_order = broken(log)
    for name in reversed(names):
        ripe = matured(tally(name), knobs.retraining.known_share, knobs.problem.horizon_days)
        if ripe and name not in out_of_order:
            yield as_matured(bundle.contract, read(log, bundle.contract, Asked(name, version, known=True), tally(name).known))
