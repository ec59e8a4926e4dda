"""The verdict over the newest windows: a pure function from figures to a state, its evidence and advice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from churn.params import Monitoring
from monitoring.figures import Comparison, Figures

State = Literal["insufficient", "steady", "suspected", "drifted", "decayed"]
NAMED = 3  # findings spelt out in one sentence; more are counted
WORDS = {
    "distribution": "moved",
    "prediction": "moved",
    "missing": "has another share of missing values",
    "unseen": "has another share of levels unknown to the model",
}


@dataclass(frozen=True)
class Verdict:
    """columns: those the evidence is about. evidence and advice: one sentence each, for a manager."""

    state: State
    columns: tuple[str, ...]
    evidence: str
    advice: str

    @property
    def retrain(self) -> bool:
        """Whether the model should be trained anew."""
        return self.state in {"drifted", "decayed"}


def judge(windows: Sequence[Figures], policy: Monitoring) -> Verdict:
    """Judge the newest window in the light of those before it.

    windows: of one model version, oldest first. Decay is judged first, since outcomes tell more than inputs and
    do not depend on the size of the newest window. Drift must be found in the same test of `policy.windows`
    windows in a row; windows that are too small to judge are passed over. Windows in a row guard against an odd
    window, not against an odd reference, which all of them share.
    """
    if not windows:
        return _insufficient("No window has been observed.")
    newest = windows[-1]
    decay = _decay(newest, policy)
    if decay is not None:
        return decay
    if not _enough(newest, policy):
        seen = f"{newest.rows} predictions and {len(newest.comparisons)} tests in {newest.snapshot}"
        return _insufficient(f"{seen}; {policy.min_rows} predictions are needed.")
    recent = [window for window in windows if _enough(window, policy)][-policy.windows :]
    found = [rejected(window.comparisons, policy.false_discovery_rate) for window in recent]
    return _drift(newest, found, policy.windows)


def rejected(comparisons: Sequence[Comparison], rate: float) -> list[Comparison]:
    """The comparisons that stand out at the false discovery rate, smallest p-value first.

    Benjamini and Hochberg (1995): all up to the largest rank k with p(k) <= k / m * rate.
    """
    ordered = sorted(comparisons, key=lambda comparison: comparison.p_value)
    step = rate / max(len(ordered), 1)
    ranks = [rank for rank, comparison in enumerate(ordered, 1) if comparison.p_value <= rank * step]
    return ordered[: max(ranks, default=0)]


def _enough(window: Figures, policy: Monitoring) -> bool:
    """A window without a single test says nothing, however many rows it has."""
    return window.rows >= policy.min_rows and bool(window.comparisons)


def _decay(window: Figures, policy: Monitoring) -> Verdict | None:
    live, promised = window.live_auc, window.promised_auc
    if live is None or promised is None or window.outcomes < policy.min_outcomes:
        return None
    if live.high >= promised.low - policy.auc_margin:
        return None
    evidence = (
        f"On {window.outcomes} known outcomes the AUC is {live.value:.3f} ({live.low:.3f} to {live.high:.3f}); "
        f"the model promised {promised.value:.3f} ({promised.low:.3f} to {promised.high:.3f})."
    )
    return Verdict("decayed", (), evidence, "Retrain on the newest matured outcomes; until then trust the scores less.")


def _drift(newest: Figures, found: list[list[Comparison]], needed: int) -> Verdict:
    now = found[-1]
    if not now:
        evidence = f"None of {len(newest.comparisons)} tests on {newest.rows} predictions stands out in {newest.snapshot}."
        return Verdict("steady", (), evidence, "Nothing needs to be done.")
    common = set.intersection(*({comparison.key for comparison in window} for window in found))
    lasting = [comparison for comparison in now if comparison.key in common] if len(found) >= needed else []
    if not lasting:
        advice = f"Read the report; retrain only if the same is found in {needed} windows in a row."
        return Verdict("suspected", _columns(now), f"In {newest.snapshot} {_sentence(now)}.", advice)
    span = f"in {needed} windows in a row" if needed > 1 else f"in {newest.snapshot}"
    return Verdict("drifted", _columns(lasting), f"{_sentence(lasting)} {span}.", _advice(lasting))


def _insufficient(evidence: str) -> Verdict:
    return Verdict("insufficient", (), evidence, "Wait for more predictions; nothing can be said about drift yet.")


def _advice(lasting: list[Comparison]) -> str:
    """Missing values and new levels come from a feed more often than from customers, and no model repairs a feed."""
    feeds = _columns([comparison for comparison in lasting if comparison.kind in {"missing", "unseen"}])
    if feeds:
        return f"Check the source of {_listed(list(feeds))} before retraining: a model cannot repair a broken feed."
    return "Retrain on the newest matured outcomes."


def _columns(comparisons: list[Comparison]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(comparison.column for comparison in comparisons))


def _sentence(comparisons: list[Comparison]) -> str:
    parts = [f"{c.column} {WORDS[c.kind]} ({c.effect})" for c in comparisons[:NAMED]]
    if len(comparisons) > NAMED:
        parts.append(f"{len(comparisons) - NAMED} more")
    return _listed(parts)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
