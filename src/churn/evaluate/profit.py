"""The expected maximum profit of a churn model (EMPC)."""

import numpy as np
import numpy.typing as npt
from scipy.stats import beta
from sklearn.metrics import roc_curve

from churn.decision import Decision

CERTAINTY = 20.0  # alpha + beta of the published default, Beta(6, 14), whose mean is a save rate of 0.3

Floats = npt.NDArray[np.float64]


def expected_maximum_profit(label: npt.NDArray[np.int64], probability: Floats, decision: Decision) -> float:
    """Profit per customer if the best share is contacted whatever the save rate turns out to be, in currency units.

    EMPC = integral over g of max over t of [(g (V - d) - f) p1 F1(t) - (d + f) p0 F0(t)] h(g) dg, with V the saved
    value, d the offer, f the contact, F1 and F0 the shares of churners and stayers contacted at threshold t, p1 and p0
    their shares among customers, and h the density of Beta(6, 14), here Beta(20 s, 20 (1 - s)) for a save rate s.
    Verbraken, Verbeke and Baesens (2013), "A novel profit maximizing metric for measuring classification performance of
    customer churn prediction models", IEEE TKDE 25(5), equation 14. Between two corners of the convex hull of the ROC
    curve one corner is best, so the integral is a sum of beta distribution functions.
    """
    brings, costs = decision.saved_value - decision.offer_cost, decision.stayer_loss
    if brings <= 0:
        return 0.0
    stayers, churners = _hull(label, probability)
    p1 = label.mean()
    slope = np.diff(stayers) / np.diff(churners)
    turn = (
        costs * (1 - p1) / p1 * slope + decision.contact_cost
    ) / brings  # the save rate from which the next corner is better
    ends = np.clip(np.concatenate([[0.0], turn, [1.0]]), 0, 1)
    a, b = CERTAINTY * decision.save_rate, CERTAINTY * (1 - decision.save_rate)
    chance = np.diff(beta.cdf(ends, a, b))
    mean = decision.save_rate * np.diff(beta.cdf(ends, a + 1, b))  # of g h(g) over each stretch
    profit = (brings * mean - decision.contact_cost * chance) * p1 * churners - costs * (1 - p1) * stayers * chance
    return float(profit.sum())


def _hull(label: npt.NDArray[np.int64], probability: Floats) -> tuple[Floats, Floats]:
    """Corners of the convex hull above the ROC curve, from (0, 0) up to where all churners are contacted."""
    stayers, churners, _ = roc_curve(label, probability)
    corners: list[tuple[float, float]] = []
    for point in zip(stayers.tolist(), churners.tolist(), strict=True):
        while len(corners) > 1 and _turns_left(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    x, y = (np.array(side) for side in zip(*corners, strict=True))
    rising = np.append(True, np.diff(y) > 0)
    return x[rising], y[rising]


def _turns_left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) >= (b[1] - a[1]) * (c[0] - a[0])
