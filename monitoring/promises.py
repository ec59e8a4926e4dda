"""How a model does where outcomes are known, beside what it promised on its reference rows."""

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from churn.decision import Decision
from churn.evaluate.slices import Judged, auc_influence
from churn.params import Monitoring
from monitoring.counts import Floats
from monitoring.figures import Interval, Promise
from monitoring.segments import Part
from monitoring.worth import WIDE, gains
from monitoring.yardstick import Matured, Yardstick

Estimate = tuple[float, float]  # value and standard error
FEWEST = 50  # outcomes of a segment that say anything of it


def promises(
    yardstick: Yardstick, newest: Matured, joined: Matured, segments: Sequence[Part], policy: Monitoring
) -> list[Promise]:
    """Every promise, tested on the newest outcomes and on those joined with the outcomes before them.

    The one that fails more clearly is told; its p-value is that of two looks (Bonferroni).
    """
    found = []
    for one, both in zip(*([*_each(yardstick, rows, segments, policy)] for rows in (newest, joined)), strict=True):
        known = [promise for promise in (one, both) if promise]
        if known:
            worst = min(known, key=lambda promise: promise.p_value)
            p_value = min(1.0, len(known) * worst.p_value)
            found.append(Promise(worst.figure, worst.segment, worst.live, worst.promised, p_value))
    return found


def _each(yardstick: Yardstick, rows: Matured, segments: Sequence[Part], policy: Monitoring) -> Iterator[Promise | None]:
    before, decision = yardstick.reference, yardstick.decision
    yield _tested("auc", "", _auc(rows), _auc(before), -policy.auc_margin, two_sided=False)
    off = policy.calibration_margin
    yield _tested("calibration", "", _residual(rows), _drawn_in(_residual(before), off))
    margin = policy.profit_margin * abs(1000 * float(gains(rows.block.probability, decision).mean()))
    yield _tested("profit", "", _profit(rows, decision), _profit(before, decision), -margin, two_sided=False)
    for part in segments:
        masks = [part.of(table.block.matrix) for table in (rows, before)]
        if min(mask.sum() for mask in masks) < FEWEST:
            yield None
            continue
        inside = [_residual(table, mask) for table, mask in zip((rows, before), masks, strict=True)]
        yield _tested("calibration", part.name, inside[0], _drawn_in(inside[1], off))


def _tested(
    figure: Literal["auc", "calibration", "profit"],
    segment: str,
    live: Estimate | None,
    promised: Estimate | None,
    margin: float = 0.0,
    two_sided: bool = True,
) -> Promise | None:
    """A normal test on the difference of two independent estimates, beyond the margin; downwards only unless two-sided."""
    if live is None or promised is None:
        return None
    change, error = live[0] - promised[0], float(np.hypot(live[1], promised[1]))
    beyond = abs(change) - margin if two_sided else margin - change
    p_value = float(min(1.0, (1 + two_sided) * ndtr(-beyond / error))) if error > 0 else 1.0
    return Promise(figure, segment, _interval(live), _interval(promised), p_value)


def _interval(estimate: Estimate) -> Interval:
    value, error = estimate
    return Interval(value, value - WIDE * error, value + WIDE * error)


def _auc(rows: Matured) -> Estimate | None:
    """None while a class is absent."""
    if not 0 < rows.label.sum() < len(rows.label):
        return None
    auc, influence = auc_influence(Judged(rows.label, rows.block.probability, np.arange(len(rows.label))))
    return auc, float(np.sqrt((influence**2).sum()))


def _residual(rows: Matured, mask: npt.NDArray[np.bool_] | None = None) -> Estimate:
    """Observed minus predicted rate."""
    label, probability = rows.label, rows.block.probability
    if mask is not None:
        label, probability = label[mask], probability[mask]
    return _mean(label - probability, probability * (1 - probability))


def _drawn_in(estimate: Estimate, off: float) -> Estimate:
    """What a calibrated model promises: its residual on the reference, drawn towards 0, from which it is `off` as a rule.

    The mean and spread of a normal residual with a normal prior of standard deviation `off`; live residuals that are
    not farther from it than that spread explains are no decay, however many outcomes there are.
    """
    value, error = estimate
    known = off**2 / (off**2 + error**2) if off > 0 else 0.0
    return known * value, float(np.sqrt(known) * error)


def _profit(rows: Matured, decision: Decision) -> Estimate:
    """Profit per 1,000 customers, observed minus expected of the predictions."""
    probability = rows.block.probability
    stake = 1000 * (decision.churner_gain + decision.stayer_loss) * decision.contact(probability)
    return _mean(stake * (rows.label - probability), stake**2 * probability * (1 - probability))


def _mean(values: Floats, variances: Floats) -> Estimate:
    """The error is what the probabilities themselves allow, if they are right."""
    return float(values.mean()), float(np.sqrt(variances.mean() / len(values)))
