"""Which pairs of columns decide together: found by a score test in the rows that a learner is fitted on."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2
from sklearn.linear_model import LogisticRegression

from churn.contract import Column, Pairs
from churn.contract.encode import Matrix
from churn.features.condition import Condition, conditions
from churn.features.paired import as_pairs
from churn.features.pursuit import Told, pursued
from churn.features.recipes import bent, stepped

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Groups = npt.NDArray[np.uint64]

MOST_ROWS = 10_000  # more are drawn by lot, those of churners first
MOST_CONDITIONS = 600  # of all columns together; a wide table gets fewer for each number
EDGES = 7  # quantiles of a number
EXPECTED = 5.0  # variance of the outcomes in each of the four cells of a pair, at least (Cochran, 1954)
CANDIDATES = 300
LEVEL = 0.05  # chance that a table without interactions shows one
KNOTS, C, TOLERANCE = 5, 0.1, 0.001  # of the regression on each column alone; less exact, what it leaves passes for pairs


def interactions(columns: Sequence[Column], matrix: Matrix, label: Labels, group: Groups | None, most: int, seed: int) -> Pairs:
    """At most `most` pairs of conditions on two columns each, the strongest first.

    matrix: (n, columns) encoded rows. group: (n,) equal for rows of one customer, of which one is drawn, for the others tell
    the same. A logistic regression on bent columns says what each tells alone; a pair is taken where what is left depends on
    both together more than chance would have it anywhere among all pairs: the score test of Rao (1948), corrected as by
    Bonferroni. Pairs are taken one by one, each given those before. To look at every pair of cuts is the idea of Lou et al.
    (2013), "Accurate intelligible models with pairwise interactions".
    """
    drawn = _drawn(label, group, seed)
    matrix, label = matrix[drawn], label[drawn]
    found = _told_apart(columns, matrix) if most and label.any() and not label.all() else {}
    if len(found) < 2:
        return as_pairs([])
    tried, holds = list(found), np.array(list(found.values()), dtype=np.float64).T
    told = Told(label, _alone(columns, matrix, label))
    centred, owner = holds - holds.mean(axis=0), np.array([one.column for one in tried])
    statistic = np.where(_testable(holds, owner, told), _statistic(centred, told), 0.0)
    threshold = float(chi2.isf(LEVEL / max(int(np.count_nonzero(statistic)), 1), 1))
    first, second = _strongest(statistic, threshold)
    together = centred[:, first] * centred[:, second]
    return as_pairs([(tried[first[i]], tried[second[i]]) for i in pursued(together, told, most, threshold)])


def _drawn(label: Labels, group: Groups | None, seed: int) -> Labels:
    """Places of at most MOST_ROWS rows; churners are half of them, or all that there are.

    One row of each customer: the one with which a churner left, if there are several.
    """
    order = np.random.default_rng(seed).permutation(len(label))
    order = order[np.argsort(-label[order], kind="stable")]
    if group is not None:
        order = order[np.sort(np.unique(group[order], return_index=True)[1])]
    churners, others = order[label[order] == 1][: MOST_ROWS // 2], order[label[order] == 0]
    return np.sort(np.concatenate([churners, others[: MOST_ROWS - len(churners)]]))


def _alone(columns: Sequence[Column], matrix: Matrix, label: Labels) -> Floats:
    """Log-odds (n,) by what each column tells alone, bent as far as the rows bear it."""
    edges = _edges(columns)
    seen = bent(stepped(columns, matrix, edges + 1), matrix, min(edges, KNOTS)).transform(matrix).astype(np.float64)
    return np.asarray(LogisticRegression(C=C, tol=TOLERANCE, max_iter=300).fit(seen, label).decision_function(seen))


def _told_apart(columns: Sequence[Column], matrix: Matrix) -> dict[Condition, Flags]:
    """Conditions that divide rows (n, columns) in ways of their own, with where they hold (n,); the most even ones of many."""
    found: dict[bytes, tuple[Condition, Flags]] = {}
    for one in [*conditions(columns, matrix, _edges(columns)), *(Condition(i, "missing") for i in range(len(columns)))]:
        holds = one.holds(matrix)
        if EXPECTED <= holds.sum() <= len(holds) - EXPECTED:
            found.setdefault(np.packbits(holds ^ holds[0]).tobytes(), (one, holds))
    return dict(sorted(found.values(), key=lambda pair: abs(float(pair[1].mean()) - 0.5))[:MOST_CONDITIONS])


def _edges(columns: Sequence[Column]) -> int:
    """At how many quantiles numbers are cut."""
    numbers = sum(column.kind != "category" for column in columns)
    return min(EDGES, max(1, MOST_CONDITIONS // max(numbers, 1) - 1))


def _testable(holds: Floats, owner: Labels, told: Told) -> Flags:
    """Which pairs of conditions are on two columns, and have enough in each of their cells; each pair once."""
    both, one, all_of_them = holds.T @ (told.events[:, None] * holds), told.events @ holds, told.events.sum()
    first, second = one[:, None] - both, one - both
    cells = np.minimum.reduce([both, first, second, all_of_them - both - first - second])
    return np.asarray(np.triu(owner[:, None] != owner) & (cells >= EXPECTED))


def _statistic(centred: Floats, told: Told) -> Floats:
    """Of each pair of columns (conditions, conditions): how much the residuals follow their product, as chi-squared."""
    squared = centred**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((centred.T @ (told.left[:, None] * centred)) ** 2 / (squared.T @ (told.events[:, None] * squared)))


def _strongest(statistic: Floats, threshold: float) -> tuple[Labels, Labels]:
    """The places of the pairs beyond the threshold, at most CANDIDATES."""
    first, second = np.nonzero(statistic > threshold)
    order = np.argsort(-statistic[first, second], kind="stable")[:CANDIDATES]
    return first[order], second[order]
