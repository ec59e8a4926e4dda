"""Whether predicted probabilities are the rates that come true."""

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
Groups = npt.NDArray[np.integer]

BINS = 15
DRAWS = 1000
SCALES = np.concatenate([[0.0], np.geomspace(0.05, 8.0, 80)])


def calibration_error(label: Labels, probability: Floats, bins: int = BINS) -> float:
    """Mean distance of predicted and observed rate over equal-mass bins, weighted by rows (Nixon et al., 2019)."""
    parts = [(probability[i].mean(), label[i].mean(), len(i)) for i in equal_mass(probability, bins)]
    return float(sum(abs(predicted - seen) * rows for predicted, seen, rows in parts) / len(label))


def calibration_noise(probability: Floats, draws: int, seed: int) -> float:
    """The calibration error that a perfectly calibrated model stays below in 95 of 100 samples of this size."""
    random = np.random.default_rng(seed)
    outcomes = random.random((draws, len(probability))) < probability
    return float(np.quantile([calibration_error(label.astype(np.int64), probability) for label in outcomes], 0.95))


def equal_mass(probability: Floats, bins: int) -> list[Rows]:
    """Row positions in bins of equal size, from the lowest probability to the highest.

    Rows of one probability stay in one bin, for their order, that of the table, may be an order of outcomes.
    """
    order = np.argsort(probability, kind="stable")
    ordered, ends = probability[order], np.cumsum([len(part) for part in np.array_split(order, bins)])[:-1]
    edges = np.unique(np.searchsorted(ordered, ordered[np.minimum(ends, len(order) - 1)]))
    return [part for part in np.split(order, edges) if len(part)]


def true_calibration_error(
    label: Labels, probability: Floats, group: Groups, level: float, seed: int
) -> tuple[float, float, float]:
    """Estimate of the calibration error that would remain with endless rows, and its interval: (value, low, high).

    The observed error sums absolute deviations, to which chance always adds, so a bootstrap of it lies too high. Here the
    deviations of the bins are scaled until errors drawn with that much truth and the bins' own noise fall below the
    observed one as often as the interval demands (a test inverted; the value is the median-unbiased scale). At scale 0
    all of the error is chance. group: (n,) rows of equal group are one customer.
    """
    bins = equal_mass(probability, BINS)
    share = np.array([len(rows) / len(label) for rows in bins])
    deviation = np.array([label[rows].mean() - probability[rows].mean() for rows in bins])
    spread = np.array([_standard_error(label[rows], probability[rows], group[rows]) for rows in bins])
    chance = np.random.default_rng(seed).standard_normal((DRAWS, len(bins))) * spread
    drawn = np.array([np.abs(scale * deviation + chance) @ share for scale in SCALES])
    below = (drawn <= np.abs(deviation) @ share).mean(axis=1)  # falls as the scale rises
    tail = (1 - level) / 2
    low, value, high = (_scale(below, wanted) * float(np.abs(deviation) @ share) for wanted in (1 - tail, 0.5, tail))
    return value, low, high


def calibration_curve(label: Labels, probability: Floats, level: float, bins: int = BINS) -> list[dict[str, float]]:
    """Predicted and observed rate of each equal-mass bin, the observed one with its Jeffreys interval (Brown et al., 2001)."""
    curve = []
    for rows in equal_mass(probability, bins):
        churners, count = float(label[rows].sum()), len(rows)
        low, high = beta.ppf([(1 - level) / 2, (1 + level) / 2], churners + 0.5, count - churners + 0.5)
        ends = {"observed_low": float(low), "observed_high": float(high)}
        curve.append({"predicted": float(probability[rows].mean()), "observed": churners / count, "rows": count} | ends)
    return curve


def _standard_error(label: Labels, probability: Floats, group: Groups) -> float:
    """Of the mean deviation of a bin, a customer's rows taken together; no less than what calibrated outcomes would have."""
    deviation = label - probability
    _, customer = np.unique(group, return_inverse=True)
    sums = np.bincount(customer, deviation - deviation.mean())
    least = (probability * (1 - probability)).sum()
    return float(np.sqrt(max((sums**2).sum(), least)) / len(label))


def _scale(below: Floats, wanted: float) -> float:
    """The scale at which a share `wanted` of the drawn errors lies below the observed one; 0 if fewer do without any truth."""
    if below[0] <= wanted:
        return 0.0
    return float(np.interp(-wanted, -below, SCALES))
