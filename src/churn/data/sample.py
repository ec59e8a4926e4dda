"""A sample of the customers of a table of any size: every row is checked, and memory holds those that are drawn."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.data.labelled import Labelled, checked, joined, labelled, load
from churn.data.read import read_pieces, tables
from churn.params import Data

FIBONACCI = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio (Knuth, 1973, section 6.4)


@dataclass(frozen=True)
class Drawn:
    """rows: those of the customers that were drawn. read: how many rows with an outcome the tables have in all."""

    rows: Labelled
    read: int


def draw(folder: Path, data: Data, customers: float) -> Drawn:
    """Read every table of a folder and keep the rows of a share of the customers, the same at every call.

    The rows are those that `load` has of these customers. Tables are read piece by piece, and a value that is not of its
    declared kind is refused in any row, drawn or not.
    """
    if customers == 1:
        rows = load(folder, data)
        return Drawn(rows, len(rows))
    parts = [_of_table(path.stem, read_pieces(path, data.reading), data, customers) for path in tables(folder)]
    return Drawn(joined([part.rows for part in parts], folder, data), sum(part.read for part in parts))


def _of_table(name: str, pieces: Iterable[pd.DataFrame], data: Data, customers: float) -> Drawn:
    """Rows that repeat another are seen as such only beside it, so those that are drawn are looked at again together."""
    kept, read = [], 0
    for piece in pieces:
        raw, rows = checked(name, piece, data)
        kept.append(raw[_chosen(rows.group, customers)])
        read += len(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of pieces without a value, whose types pandas will count in as well
        together = pd.concat(kept, ignore_index=True)
    return Drawn(labelled(name, together, data), read)


def _chosen(group: npt.NDArray[np.uint64], customers: float) -> npt.NDArray[np.bool_]:
    """By the hash of the customer, multiplied so that it does not matter whom `held_out` chooses."""
    return np.asarray((group * FIBONACCI).astype(np.float64) / 2.0**64 < customers)
