"""From the store to the figures of a window: its rows, joined with small ones that wait, and what is known of the past."""

from collections.abc import Iterator
from dataclasses import dataclass

from churn.bundle.open import Bundle
from churn.feedback import broken, matured
from churn.params import Params
from churn.store import Store
from monitoring.figures import Figures
from monitoring.measure import Past, measure
from monitoring.window import Rows, as_block, as_season, as_sets, in_order, last_year, trailing, yardstick_of


@dataclass(frozen=True)
class Observed:
    """The rows of a window, as the store gives them, and their figures."""

    rows: Rows
    figures: Figures


def observe(log: Store, bundle: Bundle, version: str, snapshot: str, knobs: Params) -> Observed:
    """Measure the predictions of one version in a snapshot; windows before it that were too small are joined with it."""
    known = known_windows(log, version, snapshot)
    joined = trailing([(figures.snapshot, state) for state, figures in known])
    rows = [row for name in [*joined, snapshot] for row in log.window(name, version)]
    figures = measure(
        yardstick_of(bundle, knobs),
        snapshot,
        as_block(bundle, rows),
        _past(log, bundle, version, snapshot, knobs),
        knobs.monitoring,
    )
    return Observed(rows, figures)


def known_windows(log: Store, version: str, snapshot: str | None = None) -> list[tuple[str, Figures]]:
    """State and figures of the version's windows, oldest first: those before a snapshot, all without one.

    What an older program wrote is left out.
    """
    names = log.snapshots()
    before = set(names[: names.index(snapshot)]) if snapshot in names else set(names)
    windows = [one for one in log.windows() if one.model_version == version and one.snapshot in before]
    windows.sort(key=lambda one: names.index(one.snapshot))
    read = [(one.verdict, Figures.from_json(one.figures)) for one in windows]
    return [(state, figures) for state, figures in read if figures is not None]


def _past(log: Store, bundle: Bundle, version: str, snapshot: str, knobs: Params) -> Past:
    policy = knobs.monitoring
    counts = [one.counts for one in in_order(known_windows(log, version, snapshot)) if one.counts is not None]
    before = last_year(snapshot) if policy.season else None
    season = as_season(bundle, log.window(before)) if before else None
    sets = as_sets(bundle, _newest_matured(log, version, knobs), policy.min_outcomes, policy.windows)
    names = log.snapshots(version)
    return Past(counts, season, sets, looks=len(names), complete=snapshot != log.snapshots()[-1])


def _newest_matured(log: Store, version: str, knobs: Params) -> Iterator[Rows]:
    """The version's predictions whose outcomes have matured, the newest snapshot first; broken feeds are left out."""
    out_of_order = broken(log)
    for name in reversed(log.snapshots(version)):
        if name not in out_of_order:
            rows = matured(log.window(name, version), knobs.retraining.known_share, knobs.problem.horizon_days)
            if rows:
                yield rows
