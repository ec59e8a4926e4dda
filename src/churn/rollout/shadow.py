"""The verdict on a challenger in the shadow: both models on the same rows, once."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn.params import Shadow
from churn.rollout.finding import Finding, Verdict, state_of

Floats = npt.NDArray[np.float64]
Z = 1.959963984540054  # 95 %
BINS = 10
LEAST = 1e-4  # share that an empty bin counts as, so that the index stays finite


class Compared(NamedTuple):
    """A row that both have seen: probability and recommendation of each, how the challenger did, and the outcome if known."""

    champion: float
    champion_contact: bool
    challenger: float | None
    challenger_contact: bool | None
    seconds: float | None
    error: str | None
    churned: bool | None


def judge(rows: Sequence[Compared], policy: Shadow) -> Verdict:
    """Judge a fixed set of rows; too few fail, as what is not known does not speak for a challenger."""
    count = len(rows)
    scored = [row for row in rows if row.challenger is not None]
    enough = Finding("rows", count, f"at least {policy.requests}", state_of(count >= policy.requests))
    if not scored:
        return Verdict([enough, Finding("failed rows", float(count > 0), f"at most {policy.errors:g}", "fails")])
    failed = 1 - len(scored) / count
    ours, theirs = np.array([row.champion for row in scored]), np.array([row.challenger for row in scored], dtype=np.float64)
    slowest = 1e3 * float(np.quantile([row.seconds or 0.0 for row in scored], 0.99))
    moved = stability(ours, theirs)
    return Verdict(
        [
            enough,
            Finding("failed rows", failed, f"at most {policy.errors:g}", state_of(failed <= policy.errors)),
            Finding("99th percentile, ms", slowest, f"at most {policy.slow_ms:g}", state_of(slowest <= policy.slow_ms)),
            _agreement(scored, policy),
            Finding("score drift", moved, f"stability index at most {policy.drift:g}", state_of(moved <= policy.drift)),
            _outcomes(scored, policy),
        ]
    )


def stability(before: Floats, after: Floats) -> float:
    """Population stability index of two samples over the deciles of the first (Siddiqi, Credit Risk Scorecards, 2006).

    Below 0.1 is read as no shift, above 0.25 as a large one.
    """
    edges = np.unique(np.quantile(before, np.linspace(0, 1, BINS + 1)[1:-1]))
    shares = [np.bincount(np.searchsorted(edges, x), minlength=len(edges) + 1) / len(x) for x in (before, after)]
    old, new = (np.maximum(share, LEAST) for share in shares)
    return float(np.sum((new - old) * np.log(new / old)))


def _agreement(scored: Sequence[Compared], policy: Shadow) -> Finding:
    same = sum(row.champion_contact == row.challenger_contact for row in scored)
    low, high = wilson(same, len(scored))
    holds = state_of(low >= policy.agreement)
    return Finding("agreement", same / len(scored), f"lower end at least {policy.agreement:g}", holds, low, high)


def _outcomes(scored: Sequence[Compared], policy: Shadow) -> Finding:
    """Mean of the paired differences, with the interval of a mean."""
    known = [row for row in scored if row.churned is not None]
    limit = f"not certain to exceed {policy.loss_margin:g}"
    if len(known) < 2:
        return Finding("Brier score lost", 0.0, f"{limit}; no outcomes are known yet", "holds")
    left = np.array([row.churned for row in known], dtype=np.float64)
    ours, theirs = (np.array([getattr(row, name) for row in known], dtype=np.float64) for name in ("champion", "challenger"))
    lost = (theirs - left) ** 2 - (ours - left) ** 2
    half = Z * float(lost.std(ddof=1)) / sqrt(len(lost))
    figure = float(lost.mean())
    return Finding(
        "Brier score lost", figure, limit, state_of(figure - half <= policy.loss_margin), figure - half, figure + half
    )


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 % (Journal of the American Statistical Association 22, 1927)."""
    share, spread = hits / count, Z * Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)
