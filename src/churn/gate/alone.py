"""What a candidate must be, whoever is champion."""

from collections.abc import Sequence

import numpy as np

from churn.evaluate.calibration import calibration_error, true_calibration_error
from churn.evaluate.figures import auc
from churn.gate.contestants import Candidate, Contestant, Group
from churn.gate.criterion import Criterion, at_most, within
from churn.params import Gate

SEED = 0


def alone(candidate: Candidate, champion: Contestant | None, policy: Gate) -> list[Criterion]:
    """Soundness of the model, its export, its data and its size. The champion only widens limits that it needs itself."""
    return [
        *_sound(candidate, champion, policy),
        at_most("exported exactly", candidate.export_error, policy.export_error, "at most {limit:g} from the trained model"),
        Criterion("data in order", len(candidate.broken), _of_broken(candidate.broken), not candidate.broken),
        *_fresh(candidate, policy),
        *_fair(candidate.groups, policy),
        *_affordable(candidate.scores, champion, policy),
    ]


def _sound(candidate: Candidate, champion: Contestant | None, policy: Gate) -> list[Criterion]:
    rows, probability = candidate.rows, candidate.scores.probability
    many = len(rows.label)
    enough = Criterion("enough rows", many, f"at least {policy.min_rows}", many >= policy.min_rows)
    if not np.isfinite(probability).all() or not 0 < rows.label.sum() < many:
        return [enough, Criterion("better than chance", np.nan, "AUC above 0.5", holds=False)]
    ranks = auc(rows.label, probability)
    error = true_calibration_error(rows.label, probability, rows.customer, policy.level, SEED)
    limit = max(policy.calibration_limit, _error_of(champion, candidate))
    words = "error shown to be at most {limit:.3f}, the policy's limit or the champion's"
    return [
        enough,
        Criterion("better than chance", ranks, "AUC above 0.5", ranks > 0.5),
        within("calibrated", error, limit, words),
    ]


def _error_of(champion: Contestant | None, candidate: Candidate) -> float:
    """Calibration error of the champion on the same rows: where the world has changed, the better calibrated of two is due."""
    if champion is None or not np.isfinite(champion.probability).all():
        return 0.0
    return calibration_error(candidate.rows.label, champion.probability)


def _fresh(candidate: Candidate, policy: Gate) -> list[Criterion]:
    if policy.oldest_days is None:
        return []
    return [at_most("data fresh", candidate.age_days, policy.oldest_days, "newest data at most {limit:g} days old")]


def _fair(groups: Sequence[Group], policy: Gate) -> list[Criterion]:
    """The worst protected group by each figure; none where no column is protected."""
    if not groups:
        return []
    reached = max(groups, key=lambda group: _beyond(group.reached))
    calibrated = max(groups, key=lambda group: _beyond(group.calibration))
    words = "shown to be at most {limit:g} from others"
    return [
        within(f"equal opportunity: {reached.name}", reached.reached, policy.opportunity_gap, words),
        within(f"calibrated in groups: {calibrated.name}", calibrated.calibration, policy.group_calibration, words),
    ]


def _beyond(found: tuple[float, float, float]) -> float:
    """How far from 0 a figure is shown to be; what is not a number is farthest."""
    _, low, high = found
    far = max(low, -high)
    return far if np.isfinite(far) else np.inf


def _affordable(model: Contestant, champion: Contestant | None, policy: Gate) -> list[Criterion]:
    """Time and size at most the policy's limit, or what the champion takes."""
    slow, large = (champion.milliseconds, champion.megabytes) if champion else (0.0, 0.0)
    words = ", the policy's limit or the champion's"
    return [
        at_most("answers fast", model.milliseconds, max(policy.milliseconds, slow), f"at most {{limit:.3g}} ms of CPU{words}"),
        at_most("small enough", model.megabytes, max(policy.megabytes, large), f"at most {{limit:.3g}} MB{words}"),
    ]


def _of_broken(names: Sequence[str]) -> str:
    return f"learned from no snapshot of a broken feed{': ' if names else ''}{', '.join(names)}"
