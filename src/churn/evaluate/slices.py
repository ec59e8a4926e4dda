"""Figures of parts of the customers, with intervals."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, rankdata

from churn.decision import Decision
from churn.evaluate.interval import Groups
from churn.params import Evaluate

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
PARTS = 4  # of the values of a number
FEW_VALUES = 6  # a number with no more values is sliced by value


@dataclass(frozen=True)
class Judged:
    """Outcomes and probabilities (n,) of rows; rows of equal group are one customer."""

    label: Labels
    probability: Floats
    group: Groups

    def where(self, mask: Booleans) -> "Judged":
        """The rows that a mask selects."""
        return Judged(self.label[mask], self.probability[mask], self.group[mask])


def slices(frame: pd.DataFrame, judged: Judged, decision: Decision, policy: Evaluate) -> pd.DataFrame:
    """Rate, AUC, calibration and profit of each part of each column that has enough rows and both classes.

    Intervals are normal, with standard errors from the influence of each customer on the figure; for the AUC these are
    the components of DeLong, DeLong and Clarke-Pearson (1988), added up by customer as in Obuchowski (1997).
    """
    rows = [
        {"column": column, "part": part} | _figures(judged.where(mask), decision, policy.level)
        for column, part, mask in parts(frame)
        if mask.sum() >= policy.slice_rows and 0 < judged.label[mask].sum() < mask.sum()
    ]
    return pd.DataFrame(rows)


def parts(frame: pd.DataFrame) -> Iterator[tuple[str, str, Booleans]]:
    """Each level of a category, value of a number with few of them, or quarter of a number: (column, name of part, mask)."""
    for column in map(str, frame.columns):
        values = frame[column]
        known = values.dropna()
        if values.dtype == object or known.nunique() <= FEW_VALUES:
            yield from ((column, _name(value), (values == value).to_numpy()) for value in sorted(known.unique()))
        else:
            yield from _quarters(column, values)
        if len(known) < len(values):
            yield column, "not known", values.isna().to_numpy()


def auc_influence(judged: Judged) -> tuple[float, Floats]:
    """AUC, and (n,) how far each row moves it: the AUC's error is the sum of these over rows."""
    churner = judged.label == 1
    ranks = rankdata(judged.probability)
    within = np.where(churner, _ranks_within(judged.probability, churner), _ranks_within(judged.probability, ~churner))
    churners, stayers = churner.sum(), (~churner).sum()
    others = np.where(churner, stayers, churners)
    beaten = (ranks - within) / others  # share of the other class with a lower probability, ties by half
    share = np.where(churner, beaten, 1 - beaten)
    auc = float(share[churner].mean())
    return auc, (share - auc) / np.where(churner, churners, stayers)


def _figures(part: Judged, decision: Decision, level: float) -> dict[str, float]:
    found = {
        "rate": mean_influence(part.label),
        "auc": auc_influence(part),
        "observed_minus_predicted": mean_influence(part.label - part.probability),
        "profit_per_1000": mean_influence(decision.worth(part.label, decision.contact(part.probability))),
    }
    row: dict[str, float] = {"rows": len(part.label)}
    for name, (value, influence) in found.items():
        half = float(norm.ppf((1 + level) / 2)) * standard_error(influence, part.group)
        row |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
    return row


def mean_influence(values: npt.NDArray[np.generic]) -> tuple[float, Floats]:
    """A mean, and (n,) how far each row moves it."""
    numbers = values.astype(np.float64)
    return float(numbers.mean()), (numbers - numbers.mean()) / len(numbers)


def standard_error(influence: Floats, group: Groups) -> float:
    """Of a figure, from what each customer moves it."""
    _, customer = np.unique(group, return_inverse=True)
    return float(np.sqrt((np.bincount(customer, influence) ** 2).sum()))


def _ranks_within(probability: Floats, mask: Booleans) -> Floats:
    ranks = np.zeros(len(probability))
    ranks[mask] = rankdata(probability[mask])
    return ranks


def _quarters(column: str, values: "pd.Series[float]") -> Iterator[tuple[str, str, Booleans]]:
    edges = np.unique(np.quantile(values.dropna(), np.linspace(0, 1, PARTS + 1)[1:-1], method="lower"))
    bounds = [-np.inf, *edges.tolist(), np.inf]
    for low, high in pairwise(bounds):
        name = f"above {low:,.4g}" if np.isinf(high) else f"up to {high:,.4g}"
        if not (np.isinf(low) or np.isinf(high)):
            name = f"above {low:,.4g} to {high:,.4g}"
        yield column, name, ((values > low) & (values <= high)).to_numpy()


def _name(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
