"""How well the model does before any outcome is known, judged by its own probabilities (CBPE).

Confidence-based performance estimation (Białek et al., 2024, "Estimating model performance under covariate shift without
labels"): if probabilities are calibrated, each row tells how likely it is to be right. It follows a change of the customers
(covariate shift). It is blind to a change of behaviour (concept drift): that makes the probabilities wrong without moving them.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from scipy.stats import rankdata

from monitoring.figures import Interval

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
DRAWS, LEVEL, STEPS = 100, 0.95, 25
MOST_ROWS = 20_000  # behind the ends of the interval; of more it would say what the doubt about the calibration says alone
OFF = 0.15  # how far intercept and slope of a calibrated model are from (0, 1) as a rule
EDGE = 1e-6


def expected_auc(score: Floats, chance: Floats) -> float:
    """AUC to expect of n scores if each customer leaves with the chance beside it: of all pairs, each weighted by the
    chance that one leaves and one stays.
    """
    _, place = np.unique(score, return_inverse=True)
    stay, leave = np.bincount(place, 1 - chance), np.bincount(place, chance)
    return float((leave * (np.cumsum(stay) - stay / 2)).sum() / (leave.sum() * stay.sum()))


def estimate_auc(probability: Floats, known_label: Labels, known_probability: Floats, seed: int) -> Interval:
    """The AUC of a window without outcomes, with an interval for the one that its outcomes will show.

    probability: (n,) of the window. known_label, known_probability: (m,) of the reference, on which the calibration is
    corrected. The interval holds what chance adds to n outcomes and what m outcomes leave open about the calibration.
    """
    centre, spread = _calibrate(known_label, known_probability)
    random = np.random.default_rng(seed)
    lines = random.multivariate_normal(centre, spread, DRAWS, method="cholesky")
    scores = _log_odds(probability)
    part = scores if len(scores) <= MOST_ROWS else random.choice(scores, MOST_ROWS, replace=False)
    chance = expit(lines[:, :1] + lines[:, 1:] * part)
    left = random.random(chance.shape) < chance
    many = left.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (left @ rankdata(part) - many * (many + 1) / 2) / (many * (len(part) - many))
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail]) if np.isfinite(drawn).any() else (0.0, 1.0)
    value = expected_auc(probability, expit(centre[0] + centre[1] * scores))
    return Interval(value, min(float(low), value), max(float(high), value))


def _calibrate(label: Labels, probability: Floats) -> tuple[Floats, Floats]:
    """Intercept and slope of outcomes on log-odds by Newton's method, and their covariance; drawn to (0, 1)."""
    design = np.column_stack([np.ones(len(label)), _log_odds(probability)])
    line, prior = np.array([0.0, 1.0]), np.eye(2) / OFF**2
    for _ in range(STEPS):
        chance = expit(design @ line)
        curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + prior
        step = np.linalg.solve(curvature, design.T @ (label - chance) - prior @ (line - [0.0, 1.0]))
        line = line + step
        if np.abs(step).max() < 1e-8:
            break
    return line, np.linalg.inv(curvature)


def _log_odds(probability: Floats) -> Floats:
    return np.asarray(logit(np.clip(probability, EDGE, 1 - EDGE)))
