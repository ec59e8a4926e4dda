"""What one column alone says about the label, cross-fitted, each figure with a lower bound."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from churn.leak.bins import Codes

Floats = npt.NDArray[np.float64]
FOLDS = 5
ALONE = 0.0228  # chance that the lower bound of one figure is too high: two standard errors
NEVER, ALWAYS = 0.02, 0.97  # of the base rate; of one


@dataclass(frozen=True)
class Bound:
    """An estimate and its lower bound, of one-sided 97.7 % for all of the tests together."""

    estimate: float
    lower: float


@dataclass(frozen=True)
class Figures:
    """What one column says about who leaves.

    auc: of the churn rate of a row's bin, as seen in the other folds. entropy: share of the label's entropy that
    these rates explain. missing: AUC of being missing, or of being known. never: share of rows in bins where nobody
    leaves. always: share of the churners in bins where everybody leaves, 0 where more than a third leave anyway.
    """

    auc: Bound
    entropy: Bound
    missing: Bound
    never: Bound
    always: Bound


def figures(
    codes: Codes, label: npt.NDArray[np.int64], group: npt.NDArray[np.uint64], alone: float | None = None, tests: int = 1
) -> Figures:
    """Figures of one column of n rows from the bins of its values. Rows of one group stay in one fold.

    alone: groups for each row, counted unless given, for rows of one customer tell the same story and count once. tests: how
    many columns of small parts are looked at, by whose number chance has that many tries (Bonferroni).
    """
    z = float(norm.isf(ALONE / tests))
    size = int(codes.max()) + 1
    cells = ((group % FOLDS).astype(np.int64) * size + codes) * 2 + label
    held = np.bincount(cells, minlength=FOLDS * size * 2).reshape(FOLDS, size, 2).astype(np.float64)
    alone = groups_a_row(group) if alone is None else alone
    fit = held.sum(axis=0) - held
    base = fit[..., 1].sum(axis=1, keepdims=True) / fit.sum(axis=(1, 2))[:, None]
    rate = (fit[..., 1] + base) / (fit.sum(axis=2) + 1)
    whole = held.sum(axis=0)
    return Figures(
        auc=_auc_of_rates(rate, held, alone, z),
        entropy=_entropy(rate, base, held, alone, z),
        missing=_auc_of_missing(whole, alone, z),
        never=_never(fit, base, held, alone),
        always=_always(fit, base, held, alone),
    )


def groups_a_row(group: npt.NDArray[np.uint64]) -> float:
    """How many groups there are for each row, at most 1."""
    return pd.Series(group).nunique() / len(group)


def _auc_of_rates(rate: Floats, held: Floats, alone: float, z: float) -> Bound:
    pairs = held[..., 1].sum(axis=1) * held[..., 0].sum(axis=1)
    found = [_auc(r, counts) for r, counts in zip(rate, held, strict=True)]
    estimate = float(np.average(found, weights=pairs)) if pairs.any() else 0.5
    stay, leave = held.sum(axis=(0, 1)) * alone
    return _hanley_mcneil(estimate, stay, leave, z)


def _auc(rate: Floats, counts: Floats) -> float:
    """Probability that a churner's bin has the higher rate, ties counting half; from counts (bins, 2)."""
    if not counts.sum(axis=0).all():
        return 0.5
    _, rank = np.unique(rate, return_inverse=True)
    stay, leave = (np.bincount(rank, counts[:, side]) for side in (0, 1))
    return float((leave * (np.cumsum(stay) - stay / 2)).sum() / (stay.sum() * leave.sum()))


def _hanley_mcneil(auc: float, stay: float, leave: float, z: float) -> Bound:
    """Standard error of an AUC after Hanley and McNeil (1982), 'The meaning and use of the area under a ROC curve'."""
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (leave - 1) * (one - auc**2) + (stay - 1) * (two - auc**2)
    return Bound(auc, auc - z * float(np.sqrt(max(variance, 0.0) / max(stay * leave, 1.0))))


def _entropy(rate: Floats, base: Floats, held: Floats, alone: float, z: float) -> Bound:
    """Share of the log loss of the base rate that the rates of the bins save."""
    gain = np.stack([np.log((1 - rate) / (1 - base)), np.log(rate / base)], axis=-1)
    rows = held.sum()
    mean = float((gain * held).sum() / rows)
    spread = float((gain**2 * held).sum() / rows) - mean**2
    share = float(held[..., 1].sum() / rows)
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    return Bound(mean / entropy, (mean - z * float(np.sqrt(max(spread, 0.0) / (rows * alone)))) / entropy)


def _auc_of_missing(whole: Floats, alone: float, z: float) -> Bound:
    """AUC of a yes or no, and its binomial error, in which two rows more of each class guard against few."""
    stay, leave = whole[0] / whole.sum(axis=0)
    rows = whole.sum(axis=0) * alone + 4
    smooth = (whole[0] * alone + 2) / rows
    auc = 0.5 + abs(leave - stay) / 2
    return Bound(float(auc), float(auc - z * np.sqrt((smooth * (1 - smooth) / rows).sum()) / 2))


def _never(fit: Floats, base: Floats, held: Floats, alone: float) -> Bound:
    """Share of rows in bins without a churner in the other folds, if these rows do hold next to none."""
    empty = (fit[..., 1] <= NEVER * base * fit.sum(axis=2)) & (fit.sum(axis=2) > 0)
    rows, churners = held.sum(axis=2)[empty].sum(), held[..., 1][empty].sum()
    share = float(rows / held.sum())
    expected = rows * alone * float(base.mean())
    seldom = churners <= NEVER * rows * float(base.mean())
    return Bound(share, share) if seldom and expected >= 50 else Bound(0.0, 0.0)


def _always(fit: Floats, base: Floats, held: Floats, alone: float) -> Bound:
    """Share of churners in bins of churners only in the other folds, if these rows are nearly all churners."""
    full = fit[..., 1] >= np.maximum(ALWAYS * fit.sum(axis=2), 1)
    rows, churners = held.sum(axis=2)[full].sum(), held[..., 1][full].sum()
    share = float(churners / held[..., 1].sum())
    pure = churners >= ALWAYS * rows and rows * alone >= 12 and float(base.mean()) < 1 / 3
    return Bound(share, share) if pure else Bound(0.0, 0.0)
