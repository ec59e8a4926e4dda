"""What contacting some customers is expected to bring, and how sure that is."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from churn.campaign.choice import Base, Rows, Worth
from churn.decision import Decision
from churn.evaluate.calibration import BINS, equal_mass

Floats = npt.NDArray[np.float64]


class Outlook(NamedTuple):
    """Of contacting some customers: how many, the expected cost and profit, and the interval of the profit."""

    name: str
    contacts: int
    cost: float
    profit: float
    low: float
    high: float


class Residuals:
    """By how much more or less often than predicted held-out customers left, in equal-mass bins of probability.

    label and probability: (n,) of these customers.
    """

    def __init__(self, label: npt.NDArray[np.int64], probability: Floats) -> None:
        bins = equal_mass(probability, BINS)
        self._edges = np.array([probability[rows].max() for rows in bins[:-1]])
        self._mean = np.array([(label[rows] - probability[rows]).mean() for rows in bins])
        spread = [(probability[rows] * (1 - probability[rows])).sum() / len(rows) ** 2 for rows in bins]
        self._variance = np.array(spread)  # of the mean, if the probabilities were right

    def outlook(self, name: str, base: Base, worth: Worth, rows: Rows, decision: Decision, level: float) -> Outlook:
        """The profit of contacting `rows`, and where it will lie with probability `level`.

        The interval is normal around the profit that the held-out customers make of it: each probability moved by the mean
        residual of its bin. Two things widen it: those means are of few customers, and chance decides who leaves and who
        takes the offer (Poisson-binomial variance). A profit outside of it says that the model is not calibrated there.
        """
        p, value = base.probability[rows], base.value[rows]
        at_stake = decision.save_rate * (value - decision.offer_cost) + decision.offer_cost  # for each point of probability
        stakes = np.bincount(np.searchsorted(self._edges, p), at_stake, minlength=len(self._mean))
        profit = float(worth.gain[rows].sum())
        variance = stakes**2 @ self._variance + _chance(p, value, decision).sum()
        centre, reach = profit + stakes @ self._mean, norm.ppf((1 + level) / 2) * np.sqrt(variance)
        cost = round(float(worth.cost[rows].sum()), 2)
        return Outlook(name, len(rows), cost, profit, float(centre - reach), float(centre + reach))


def _chance(p: Floats, value: Floats, decision: Decision) -> Floats:
    """Variance of what one contact brings: value less offer with chance p s, the offer lost with 1 - p, else nothing."""
    taken, offer = value - decision.offer_cost, decision.offer_cost
    saved = p * decision.save_rate
    return np.asarray(saved * taken**2 + (1 - p) * offer**2 - (saved * taken - (1 - p) * offer) ** 2)
