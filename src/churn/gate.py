"""Candidate against champion: a pure decision that fails closed."""

from dataclasses import dataclass, field

from churn.evaluate import Interval
from churn.params import Gate


@dataclass(frozen=True)
class Evidence:
    """What is known of a candidate on its reference rows.

    candidate: figures of the candidate. noise: calibration error that chance alone explains. difference: candidate
    minus champion, paired on the same rows with intervals; None while there is no champion. rows: how many rows
    both were judged on.
    """

    rows: int
    candidate: dict[str, float]
    noise: float
    difference: dict[str, Interval] | None


@dataclass(frozen=True)
class Criterion:
    """One condition, its figure, its limit, and whether it holds."""

    name: str
    figure: float
    limit: str
    holds: bool


@dataclass(frozen=True)
class Decision:
    """Whether to promote, and every criterion behind it."""

    promote: bool
    reason: str
    criteria: list[Criterion] = field(default_factory=list)


def decide(evidence: Evidence, policy: Gate) -> Decision:
    """Promote only when every criterion holds; a figure that is not a number holds nothing."""
    criteria = [*_alone(evidence, policy), *_against_champion(evidence, policy)]
    failed = [f"{c.name} ({c.figure:.4g}; {c.limit})" for c in criteria if not c.holds]
    if failed:
        return Decision(False, f"refused: {', '.join(failed)}", criteria)
    return Decision(True, "better than the champion" if evidence.difference else "the first champion", criteria)


def _alone(evidence: Evidence, policy: Gate) -> list[Criterion]:
    auc, error = evidence.candidate["auc"], evidence.candidate["calibration_error"]
    limit = max(policy.calibration_limit, evidence.noise, _error_of_champion(evidence))  # NaN raises no limit
    return [
        Criterion("enough rows", evidence.rows, f"at least {policy.min_rows}", evidence.rows >= policy.min_rows),
        Criterion("better than chance", auc, "AUC above 0.5", auc > 0.5),
        Criterion("calibrated", error, f"at most {limit:.3f}, the policy's limit, chance or the champion's", error <= limit),
    ]


def _error_of_champion(evidence: Evidence) -> float:
    """Calibration error of the champion on the same rows: where the world has changed, the better calibrated of two is due."""
    if evidence.difference is None or "calibration_error" not in evidence.difference:
        return 0.0
    return evidence.candidate["calibration_error"] - evidence.difference["calibration_error"]["value"]


def _against_champion(evidence: Evidence, policy: Gate) -> list[Criterion]:
    """Ranks no worse, beyond doubt by more than the margin, and predicts or earns more on the same rows."""
    if evidence.difference is None:
        return []
    auc, loss, profit = (evidence.difference[name] for name in ("auc", "log_loss", "profit_per_1000"))
    margin = policy.auc_margin
    return [
        Criterion("ranks no worse", auc["low"], f"lower end of the AUC gain at least -{margin}", auc["low"] >= -margin),
        Criterion("predicts better", loss["high"], "upper end of the log loss change below 0", loss["high"] < 0),
        Criterion("earns no less", profit["high"], "upper end of the profit change at least 0", profit["high"] >= 0),
    ]
