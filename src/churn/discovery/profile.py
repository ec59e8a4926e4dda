"""What the columns hold, and how the rate of churn goes with each."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from churn.data.labelled import Labelled, in_time
from churn.evaluate.slices import Booleans, mean_influence, parts, standard_error
from churn.leak.bins import bins
from churn.leak.figures import figures

SHOWN = 8  # parts of a column


@dataclass(frozen=True)
class Part:
    """Some of the rows: their share of all, and the rate of churn among them with its interval."""

    name: str
    rows: int
    churners: int
    share: float
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class Profile:
    """One column. auc: how well it alone ranks churners, cross-fitted. parts: levels, values or quarters, the largest."""

    name: str
    kind: str
    levels: int
    missing: float
    auc: float
    parts: list[Part]


def profile(rows: Labelled, kinds: Mapping[str, str], level: float) -> list[Profile]:
    """Every column, the most telling first."""
    found = [_column(rows, name, kind, level) for name, kind in kinds.items()]
    return sorted(found, key=lambda column: -column.auc)


def over_time(rows: Labelled, level: float) -> list[Part]:
    """The rate of churn in each snapshot, oldest first."""
    names = rows.snapshot.astype(str)
    return [_part(rows, name, names == name, level) for name in in_time(rows.snapshot)]


def _column(rows: Labelled, name: str, kind: str, level: float) -> Profile:
    values: pd.Series[float] = rows.frame[name]
    found = [_part(rows, part, mask, level) for _, part, mask in parts(rows.frame[[name]])]
    largest = sorted(found, key=lambda part: -part.rows)[:SHOWN]
    shown = [part for part in found if part in largest]
    auc = figures(bins(values), rows.label, rows.group).auc.estimate
    return Profile(name, kind, values.nunique(), float(values.isna().mean()), auc, shown)


def _part(rows: Labelled, name: str, mask: Booleans, level: float) -> Part:
    """The interval is Agresti and Coull's (1998), two of each class added, wider where customers have several rows."""
    label, group = rows.label[mask], rows.group[mask]
    rate, influence = mean_influence(label)
    simple = np.sqrt(rate * (1 - rate) / len(label)) if 0 < rate < 1 else 0.0
    design = max(standard_error(influence, group) / simple, 1.0) ** 2 if simple else 1.0
    count = len(label) / design + 4
    middle = (label.sum() / design + 2) / count
    half = float(norm.ppf((1 + level) / 2)) * np.sqrt(middle * (1 - middle) / count)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Part(name, len(label), int(label.sum()), len(label) / len(rows), rate, float(low), float(high))
