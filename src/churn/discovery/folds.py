"""Which rows are learned from and which judge: repeated, grouped by customer, and later than what was learned."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from churn.data.labelled import Labelled, in_time

Rows = npt.NDArray[np.int64]
LATER = 3  # the newest third of the snapshots judges


@dataclass(frozen=True)
class Folds:
    """Pairs of row positions, learned from and judging. `judged_on` names the snapshots that judge, if there are several."""

    pairs: list[tuple[Rows, Rows]]
    judged_on: list[str]

    @property
    def judging(self) -> Rows:
        """Positions of the rows that judge in any pair, in order."""
        return np.unique(np.concatenate([held for _, held in self.pairs])) if self.pairs else np.empty(0, dtype=np.int64)


def folds(rows: Labelled, count: int, repeats: int, seed: int) -> Folds:
    """`count` folds of customers, drawn `repeats` times.

    With several snapshots the held-out customers judge in the newest third of them, and the others are learned from in
    the earlier ones. Pairs that lack a class on either side are left out.
    """
    order = in_time(rows.snapshot)
    later = order[-max(len(order) // LATER, 1) :] if len(order) > 1 else []
    judging = np.isin(rows.snapshot.astype(str), later) if later else np.ones(len(rows), dtype=bool)
    learned = ~judging if later else judging
    pairs = []
    for repeat in range(repeats):
        splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed + repeat)
        for fit, held in splitter.split(rows.label, rows.label, rows.group):
            pair = fit[learned[fit]], held[judging[held]]
            if all(0 < rows.label[part].sum() < len(part) for part in pair):
                pairs.append(pair)
    return Folds(pairs, later)
