"""Cut any column into bins, so that all that is known about it and the label is a table of counts."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int64]
QUANTILES = np.unique(np.concatenate([np.linspace(0, 1, 33)[1:], [0.002, 0.005, 0.01, 0.02, 0.98, 0.99, 0.995, 0.998]]))
MANY_ROWS, MANY = 10, 1 / 200  # rows, and share of the rows, from which a number has a bin of its own


def bins(column: "pd.Series[Any]") -> Codes:
    """The bin of each of n values, from 1; 0 where it is missing.

    A category has one bin for each level. Numbers have quantile bins, in which a value that many rows share stands alone.
    """
    if not pd.api.types.is_numeric_dtype(column):
        return np.asarray(pd.factorize(column)[0], dtype=np.int64) + 1
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values)
    codes = np.zeros(len(values), dtype=np.int64)
    if known.any():
        codes[known] = 1 + np.searchsorted(_edges(np.sort(values[known])), values[known])
    return codes


def _edges(ordered: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Upper ends of the bins of sorted values."""
    starts = np.flatnonzero(np.diff(ordered, prepend=np.nan) != 0)
    shared = ordered[starts[np.diff(starts, append=len(ordered)) >= max(MANY_ROWS, MANY * len(ordered))]]
    cuts = np.quantile(ordered, QUANTILES, method="lower")
    return np.unique(np.concatenate([cuts, shared, np.nextafter(shared, -np.inf)]))
