"""Designs for each kind of learner, fitted on encoded training rows (n, features)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from sklearn.preprocessing import TargetEncoder

from churn.contract import Column
from churn.contract.encode import Matrix
from churn.features.design import Columns, Design, Floats

FARTHEST = 10.0  # standard deviations
MOST_STEPS = 3000  # of all numbers together; a wide table gets fewer for each
MOST_LEVELS = 100  # of all categories together that get a column in a design of trees, whose cost grows with each
Splits = Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]


def as_they_are(value: Columns) -> Design:
    """Numbers unchanged, missing kept."""
    zero, one, nan, far = (np.full(len(value), v, dtype=np.float32) for v in (0.0, 1.0, np.nan, np.inf))
    return Design(value=value, shift=zero, scale=one, fill=nan, low=-far, high=far)


def one_hot(columns: Sequence[Column], matrix: Matrix, rated: Columns | None = None) -> Design:
    """Numbers as they are, missing kept; one column for each level of the categories that are not `rated`.

    What boosting needs. A column without any value in `matrix` is left out: trees cannot bin it.
    """
    equals, codes = _levels(columns, rated or [])
    value = [i for i, c in enumerate(columns) if c.kind != "category" and not np.isnan(matrix[:, i]).all()]
    return replace(as_they_are(value), equals=equals, codes=codes)


def ordered(design: Design, matrix: Matrix) -> Design:
    """A design with missing numbers below all others: trees of a forest split without gaps."""
    known = matrix[:, design.value]
    low, high = np.nanmin(known, axis=0, initial=np.inf), np.nanmax(known, axis=0, initial=-np.inf)
    with np.errstate(over="ignore"):
        return replace(design, fill=np.maximum(low - (high - low) - 1, np.finfo(np.float32).min).astype(np.float32))


def categories(columns: Sequence[Column]) -> Columns:
    """The places of all categories."""
    return [i for i, column in enumerate(columns) if column.kind == "category"]


def many_levelled(columns: Sequence[Column]) -> Columns:
    """The places of the categories with most levels, so that at most MOST_LEVELS are left to the others."""
    places, left = [], MOST_LEVELS
    for i in sorted(categories(columns), key=lambda i: len(columns[i].levels)):
        left -= len(columns[i].levels)
        if left < 0:
            places.append(i)
    return sorted(places)


def with_rates(
    design: Design, columns: Sequence[Column], matrix: Matrix, label: npt.NDArray[np.int64], splits: Splits, rated: Columns
) -> tuple[Design, Matrix]:
    """A design to which each `rated` category adds the smoothed rate of churn of its level (Micci-Barreca, 2001).

    Returns the design, and the design of the training rows, in which the rate that a row sees comes from the other side
    of `splits`, so that no row sees its own outcome.
    """
    encoder = TargetEncoder(target_type="binary", cv=list(splits))
    rates_seen = encoder.fit_transform(_places(columns, matrix, rated), label)
    tables = np.full((len(rated), max(len(columns[i].levels) for i in rated) + 2), encoder.target_mean_, dtype=np.float32)
    for row, (levels, rates) in enumerate(zip(encoder.categories_, encoder.encodings_, strict=True)):
        tables[row, levels.astype(int)] = rates
    design = replace(design, encoded=rated, tables=tables)
    seen, first = design.transform(matrix), len(design.value)
    seen[:, first : first + len(rated)] = rates_seen
    return design, seen


def stepped(columns: Sequence[Column], matrix: Matrix, bins: int) -> Design:
    """Standardised numbers with a step at each quantile, missing indicators, one-hot levels.

    What a linear model needs to follow a curve. Beyond the range of the training rows nothing is known of the curve, and a
    number out there is more often in another unit than it is news: it counts as the end of the range.
    """
    value = [i for i, column in enumerate(columns) if column.kind != "category"]
    known = [matrix[~np.isnan(matrix[:, i]), i].astype(np.float64) for i in value]
    mean = _floats([column.mean() if len(column) else 0.0 for column in known])
    scale = _floats([(column.std() if len(column) else 0.0) or 1.0 for column in known])
    low, high = (_within((ends - mean) / scale) for ends in _ends(known))
    most = min(bins, max(2, MOST_STEPS // max(len(value), 1)))
    steps = [(i, edge) for i, column in zip(value, known, strict=True) for edge in _edges(column, most)]
    equals, codes = _levels(columns, [])
    return Design(
        value=value, shift=mean, scale=scale, fill=mean, low=low, high=high,
        above=[i for i, _ in steps], edges=_floats([edge for _, edge in steps]),
        missing=[i for i, column in enumerate(columns) if column.nullable],
        equals=equals, codes=codes,
    )  # fmt: skip


def bent(design: Design, matrix: Matrix, knots: int) -> Design:
    """A stepped design whose numbers may also change their slope, at `knots` quantiles each: linear splines."""
    found = [
        (i, knot, scale, np.nanmax(matrix[:, i]))
        for i, scale in zip(design.value, design.scale.tolist(), strict=True)
        for knot in _knots(matrix[:, i], knots)
    ]
    bend, *rest = (list(part) for part in zip(*found, strict=True)) if found else ([], [], [], [])
    at, slack, end = map(_floats, rest)
    return replace(design, bend=bend, knots=at, slack=slack, far=_within((end - at) / slack))


def _ends(known: Sequence[npt.NDArray[np.float64]]) -> tuple[Floats, Floats]:
    """The smallest and the largest value of each column; 0 where there is none."""
    ends = [(column.min(), column.max()) if len(column) else (0.0, 0.0) for column in known]
    return _floats([low for low, _ in ends]), _floats([high for _, high in ends])


def _within(distance: Floats) -> Floats:
    """A distance in standard deviations that no single outlier may stretch."""
    return np.clip(distance, np.float32(-FARTHEST), np.float32(FARTHEST))


def _places(columns: Sequence[Column], matrix: Matrix, encoded: Columns) -> npt.NDArray[np.int64]:
    """Codes as places in a table whose last place is for missing."""
    last = max(len(columns[i].levels) for i in encoded) + 1
    return np.nan_to_num(matrix[:, encoded], nan=last).astype(np.int64)


def _edges(column: npt.NDArray[np.float64], bins: int) -> Iterator[float]:
    if not len(column):
        return
    quantiles = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1), method="lower"))
    yield from quantiles[:-1]


def _knots(values: npt.NDArray[np.float32], knots: int) -> list[float]:
    """Quantiles strictly within the known values; none where there are only a few values."""
    known = values[~np.isnan(values)]
    if len(np.unique(known)) <= 2:
        return []
    inner = np.unique(np.quantile(known, np.linspace(0, 1, knots + 2)[1:-1], method="lower"))
    return list(inner[(inner > known.min()) & (inner < known.max())])


def _levels(columns: Sequence[Column], but: Columns) -> tuple[Columns, Floats]:
    pairs = [(i, code) for i in categories(columns) if i not in but for code in range(len(columns[i].levels))]
    return [i for i, _ in pairs], _floats([code for _, code in pairs])


def _floats(values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=np.float32)
