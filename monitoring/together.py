"""All columns together: can a classifier tell the window from the reference? It sees what no single column shows."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from scipy.stats import rankdata

from monitoring.counts import Block, Floats
from monitoring.figures import Comparison
from monitoring.yardstick import Yardstick

MOST_ROWS = 2000  # of each side
MOST_PAIRS = 250
RIDGE = 0.02  # of the mean variance
COLUMN = "all columns together"


def together(yardstick: Yardstick, window: Block) -> Comparison:
    """The cross-fitted AUC of a classifier that tells the window's rows from the reference's, and its p-value.

    A linear discriminant on the columns, their squares and their products. Fitted on one half it ranks the other,
    whose rows it has not seen, so that under no drift the AUC of each half is that of Mann and Whitney (1947). The two
    are not independent: where one half differs as the other does, both lie high. Their mean counts as one.
    """
    random = np.random.default_rng(yardstick.seed)
    sides = [_sample(block, random) for block in (yardstick.reference.block, window)]
    label = np.repeat([0, 1], [len(side) for side in sides])
    wide = _wide(yardstick, np.concatenate(sides), random)
    half = random.permutation(len(label)) % 2 == 0
    found = [_ranked(wide, label, fit, ~fit) for fit in (half, ~half)]
    auc = float(np.mean([value for value, _ in found]))
    p_value = float(ndtr(-np.mean([z for _, z in found])))
    return Comparison(COLUMN, "together", p_value, 0.5, auc, f"a classifier tells them apart with AUC {auc:.2f}")


def _sample(block: Block, random: np.random.Generator) -> npt.NDArray[np.float32]:
    return block.matrix[np.sort(random.permutation(len(block.matrix))[:MOST_ROWS])]


def _wide(yardstick: Yardstick, matrix: npt.NDArray[np.float32], random: np.random.Generator) -> Floats:
    """Each column as its place among the reference's, -1 to 1, with products of pairs and which values are missing."""
    missing = np.isnan(matrix)
    places = np.column_stack([_places(yardstick, matrix[:, i], i) for i in range(matrix.shape[1])])
    one, other = np.triu_indices(matrix.shape[1])
    if len(one) > MOST_PAIRS:
        drawn = np.sort(random.permutation(len(one))[:MOST_PAIRS])
        one, other = one[drawn], other[drawn]
    wide = np.column_stack([places, places[:, one] * places[:, other], missing[:, missing.any(axis=0)]])
    return np.asarray(wide - wide.mean(axis=0))


def _places(yardstick: Yardstick, values: npt.NDArray[np.float32], position: int) -> Floats:
    edges, codes = yardstick.bins.edges[position], yardstick.bins.codes[position]
    known = np.nan_to_num(values.astype(np.float64))
    bins = np.searchsorted(edges, known) if edges is not None else np.clip(known.astype(np.int64), 0, codes - 1)
    usual = yardstick.counts.cells[position][:-1]
    middle = (np.cumsum(usual) - usual / 2) / max(usual.sum(), 1)
    return np.asarray(np.where(np.isnan(values), 0.0, 2 * middle[bins] - 1))


def _ranked(
    wide: Floats, label: npt.NDArray[np.int64], fit: npt.NDArray[np.bool_], held: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """AUC on the rows that were not fitted, and how many standard errors it lies above one half."""
    rows = wide[fit]
    scatter = rows.T @ rows / len(rows)
    scatter[np.diag_indices(len(scatter))] += RIDGE * np.trace(scatter) / len(scatter) + 1e-12
    apart = rows[label[fit] == 1].mean(axis=0) - rows[label[fit] == 0].mean(axis=0)
    ranks = rankdata(wide[held] @ np.linalg.solve(scatter, apart))
    new = label[held] == 1
    many, others = int(new.sum()), int((~new).sum())
    auc = (ranks[new].sum() - many * (many + 1) / 2) / (many * others)
    return float(auc), float((auc - 0.5) / np.sqrt((many + others + 1) / (12 * many * others)))
