"""What a candidate must be beside the champion, on the same rows."""

import numpy as np
from scipy.stats import norm

from churn.evaluate.figures import losses
from churn.evaluate.slices import mean_influence, standard_error
from churn.gate.contestants import Booleans, Candidate, Contestant, Floats
from churn.gate.criterion import Criterion, Interval
from churn.gate.resample import differences
from churn.params import Gate

BETTER, EQUAL = "better than the champion", "better, or as good and newer"


def against(candidate: Candidate, champion: Contestant, policy: Gate) -> list[Criterion]:
    """No worse by more than the margins in ranking, probabilities and money, in no segment either, and worth the change."""
    rows, one, other = candidate.rows, candidate.scores.probability, champion.probability
    found = differences(rows, one, other, candidate.costs, policy.resamples, policy.level)
    auc, loss, profit = found["auc"], found["log_loss"], found["profit"]
    margin, more = policy.auc_margin, policy.log_loss_margin
    return [
        _told("ranks no worse", auc, f"lower end of the AUC gain at least -{margin:g}", auc[1] >= -margin),
        _told("predicts no worse", loss, f"upper end of the log loss change at most {more:g}", loss[2] <= more),
        _told("earns no less", profit, "upper end of the profit change at least 0", profit[2] >= 0),
        *_segment(candidate, champion, policy),
        _worth_it(candidate, loss, policy),
        Criterion("takes today's requests", len(candidate.refusals), _requests(candidate), not candidate.refusals),
        Criterion("data not older", int(candidate.older), "newest data as new as the champion's", not candidate.older),
    ]


def _worth_it(candidate: Candidate, loss: Interval, policy: Gate) -> Criterion:
    """A better one replaces the champion; one as good only if the policy wants it for its newer data."""
    if policy.equal == "keep":
        return _told(BETTER, loss, "upper end of the log loss change below 0", loss[2] < 0)
    limit = "upper end of the log loss change below 0, or newer data"
    return _told(EQUAL, loss, limit, loss[2] < 0 or candidate.newer)


def _segment(candidate: Candidate, champion: Contestant, policy: Gate) -> list[Criterion]:
    """The segment in which the log loss is shown to have risen most; the more segments, the more it takes to show it."""
    rows = candidate.rows
    parts = {name: mask for name, mask in rows.segments.items() if mask.sum() >= policy.segment_rows}
    if not parts:
        return []
    change = losses(rows.label, candidate.scores.probability) - losses(rows.label, champion.probability)
    sure = float(norm.ppf(1 - (1 - policy.level) / 2 / len(parts)))  # Bonferroni
    found = {name: _change(change, mask, candidate, sure) for name, mask in parts.items()}
    name = max(found, key=lambda one: found[one][1] if np.isfinite(found[one][1]) else np.inf)
    limit = f"log loss shown to rise by at most {policy.segment_margin:g}"
    return [_told(f"worst segment: {name}", found[name], limit, found[name][1] <= policy.segment_margin)]


def _change(change: Floats, mask: Booleans, candidate: Candidate, sure: float) -> Interval:
    value, influence = mean_influence(change[mask])
    half = sure * standard_error(influence, candidate.rows.customer[mask])
    return value, value - half, value + half


def _requests(candidate: Candidate) -> str:
    return f"none is refused{''.join(f'; {one}' for one in candidate.refusals[:3])}"


def _told(name: str, found: Interval, limit: str, holds: bool) -> Criterion:
    return Criterion(name, found[0], limit, bool(holds), found[1], found[2])
