"""How far back to learn: a long history has more rows, a recent one has the world as it is now."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlog1py, xlogy
from sklearn.linear_model import LogisticRegression

from churn.contract import Extension
from churn.features.recipes import stepped
from churn.model.member import Floats, view
from churn.model.rows import Rows

FOLDS = 2
MOST_ROWS = 60_000  # more are drawn by lot, customer by customer
BINS, C, TOLERANCE = 3, 0.1, 0.01  # of a quick logistic regression: spans are compared here, models are not made

Ages = npt.NDArray[np.int64]


def spans(least: int, most: int) -> list[int]:
    """Numbers of snapshots to try, each by half longer than the one before: 1, 2, 3, 4, 6, 9, and so on up to `most`."""
    found = [least]
    while found[-1] < most:
        found.append(min(found[-1] + max(found[-1] // 2, 1), most))
    return found


def choose_span(rows: Rows, age: Ages, tried: Sequence[int]) -> int:
    """The longest span whose log loss on the newest snapshot lies within a standard error of the least.

    age: (n,) 0 for rows of the newest snapshot, 1 for those of the one before. Each customer of the newest snapshot is judged
    by a model that has not seen this customer in any. The idea is that of Klinkenberg and Joachims (2000), "Detecting concept
    drift with support vector machines"; the rule is that of one standard error (Breiman et al., 1984).
    """
    if len(tried) == 1:
        return tried[0]
    kept = _drawn(rows)
    losses = {span: _losses(rows.at(kept), age[kept], span) for span in tried}
    best = min(losses.values(), key=lambda loss: float(loss.mean()))
    with np.errstate(invalid="ignore"):
        return max((span for span, loss in losses.items() if _as_good(loss - best)), default=tried[-1])


def _drawn(rows: Rows) -> npt.NDArray[np.bool_]:
    """Customers drawn by lot where there are too many, each with every row."""
    parts = -(-len(rows.label) // MOST_ROWS)
    return np.asarray(rows.group // np.uint64(FOLDS) % np.uint64(parts) == 0)


def _losses(rows: Rows, age: Ages, span: int) -> Floats:
    """Of each row of the newest snapshot; infinite where a fold has one class and nothing can be learned."""
    fold, newest = rows.group % np.uint64(FOLDS), age == 0
    loss = np.full(len(age), np.inf)
    for held in range(FOLDS):
        learned, judged = (age < span) & (fold != held), newest & (fold == held)
        if len(np.unique(rows.label[learned])) == 2 and judged.any():
            probability = _probability(rows.at(learned), rows.at(judged))
            label = rows.label[judged]
            loss[judged] = -(xlogy(label, probability) + xlog1py(1 - label, -probability))
    return np.asarray(loss[newest])


def _probability(learned: Rows, judged: Rows) -> Floats:
    extension = Extension.of(learned.contract)
    design = stepped(learned.contract.model_columns, extension.extend(learned.matrix), BINS)
    fitted = LogisticRegression(C=C, tol=TOLERANCE).fit(view(design, extension, learned.matrix), learned.label)
    return np.asarray(expit(fitted.decision_function(view(design, extension, judged.matrix))))


def _as_good(more: Floats) -> bool:
    """Whether a loss that is larger by `more`, row by row, may be so by chance."""
    return bool(np.isfinite(more).all() and more.mean() <= more.std() / np.sqrt(len(more)))
