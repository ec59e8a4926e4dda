"""What the predictions of a window are worth to whoever contacts the customers that they name."""

import numpy as np

from churn.decision import Decision
from monitoring.counts import Block, Floats
from monitoring.figures import Interval
from monitoring.yardstick import Matured, Yardstick

WIDE = 1.96  # standard errors on each side of an interval of 95 %


def worth(yardstick: Yardstick, window: Block) -> Interval:
    """Profit to expect of contacting everybody above the threshold, in currency units, over all n customers of a window.

    The probabilities are taken for calibrated. The interval has what chance adds to n outcomes and what the outcomes of
    the reference leave open about the probabilities.
    """
    decision, many = yardstick.decision, len(window.probability)
    value = float(gains(window.probability, decision).sum())
    chance = _variances(window.probability, decision).sum()
    error = float(np.sqrt(chance + (many * _doubt(yardstick.reference, decision)) ** 2))
    return Interval(value, value - WIDE * error, value + WIDE * error)


def gains(probability: Floats, decision: Decision) -> Floats:
    """Expected profit of each customer, shape (n,), in currency units; 0 for who is not contacted."""
    worth_each = probability * decision.churner_gain - (1 - probability) * decision.stayer_loss
    return np.asarray(worth_each * decision.contact(probability))


def _doubt(reference: Matured, decision: Decision) -> float:
    """Standard error of the profit of one customer, as the outcomes of the reference tell it."""
    variances = _variances(reference.block.probability, decision)
    return float(np.sqrt(variances.mean() / len(variances)))


def _variances(probability: Floats, decision: Decision) -> Floats:
    stake = (decision.churner_gain + decision.stayer_loss) * decision.contact(probability)
    return np.asarray(stake**2 * probability * (1 - probability))
