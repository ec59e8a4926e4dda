"""One learner: the design it reads and how it is fitted."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from churn.contract import Column, Contract, Extension
from churn.contract.encode import Matrix
from churn.features import Design
from churn.features.interactions import interactions
from churn.features.recipes import bent, categories, many_levelled, one_hot, ordered, stepped, with_rates
from churn.model.forest import Averaged
from churn.model.lightgbm import LightGbm
from churn.model.splits import Groups, splits
from churn.params import Boosting, ExtraTrees, Learner, Train
from churn.simple.few import fit_few
from churn.simple.rule import fit_rule
from churn.simple.tree import Tree

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Fittable: TypeAlias = LogisticRegression | HistGradientBoostingClassifier | Averaged | LightGbm
Estimator: TypeAlias = Fittable | Tree


AS_THEY_COME = Extension()


@dataclass(frozen=True)
class Member:
    """One fitted learner with the design it reads, of encoded rows with their derived columns."""

    design: Design
    estimator: Estimator
    extension: Extension = AS_THEY_COME

    def score(self, matrix: Matrix) -> Floats:
        """Uncalibrated scores, higher for customers more likely to leave: (n, features) to (n,).

        Log-odds, but for a forest the mean probability of its trees; either is a sum over trees or columns.
        """
        return np.asarray(self.estimator.decision_function(view(self.design, self.extension, matrix)))


def fit_member(
    learner: Learner, contract: Contract, matrix: Matrix, label: Labels, params: Train, group: Groups | None = None
) -> Member:
    """Fit one learner on encoded rows (n, features) with their labels (n,); rows of one group are one customer's."""
    if learner == "rule":
        return Member(*fit_rule(contract, matrix, label, params.rule))
    if learner == "few_columns":
        return Member(*fit_few(contract, matrix, label, params.few_columns))
    design, extension, seen = designed(learner, contract, matrix, label, params, group)
    return Member(design, _estimator(learner, params, len(label)).fit(seen, label), extension)


def designed(
    learner: Learner, contract: Contract, matrix: Matrix, label: Labels, params: Train, group: Groups | None
) -> tuple[Design, Extension, Floats]:
    """The design of a learner with the derived columns it reads, and what it sees of the training rows."""
    extension, columns = Extension.of(contract), contract.model_columns
    if learner != "extra_trees":  # which split at random, and would waste most of their splits on pairs
        extension, columns = _paired(extension, columns, matrix, label, params, group)
    wide = extension.extend(matrix)
    if learner == "logistic":
        design = bent(stepped(columns, wide, params.logistic.bins), wide, params.logistic.knots)
        return design, extension, _double(design.transform(wide))
    rated = categories(columns) if learner == "encoded_boosting" else many_levelled(columns)
    design = one_hot(columns, wide, rated)
    if learner == "extra_trees":
        design = ordered(design, wide)
    if not rated:  # folds cost seconds on many customers
        return design, extension, _double(design.transform(wide))
    design, seen = with_rates(design, columns, wide, label, splits(label, group, params.folds, params.seed), rated)
    return design, extension, _double(seen)


def _paired(
    extension: Extension, columns: tuple[Column, ...], matrix: Matrix, label: Labels, params: Train, group: Groups | None
) -> tuple[Extension, tuple[Column, ...]]:
    """With the interactions found in these rows, each a column more."""
    pairs = interactions(columns, extension.extend(matrix), label, group, params.interactions, params.seed)
    more = (Column(name=f"pair {i}", kind="boolean", nullable=False, example=None) for i in range(len(pairs)))
    return replace(extension, pairs=pairs), (*columns, *more)


def view(design: Design, extension: Extension, matrix: Matrix) -> Floats:
    """What a learner sees of encoded rows: (n, features) to (n, design columns)."""
    return _double(design.transform(extension.extend(matrix)))


def _estimator(learner: Learner, params: Train, rows: int) -> Fittable:
    """The unfitted learner with its knobs, for so many rows."""
    if learner == "logistic":
        return LogisticRegression(C=params.logistic.c, max_iter=3000)
    if learner == "extra_trees":
        return _extra_trees(params.extra_trees, params.seed, rows)
    if learner == "lightgbm":
        return LightGbm(params.lightgbm, params.seed)
    return boosting(params.boostings[learner], params.seed)


def boosting(knobs: Boosting, seed: int) -> HistGradientBoostingClassifier:
    """Histogram gradient boosting with a fixed number of rounds."""
    return HistGradientBoostingClassifier(
        learning_rate=knobs.learning_rate,
        max_iter=knobs.rounds,
        max_leaf_nodes=knobs.leaves,
        min_samples_leaf=knobs.min_leaf_rows,
        l2_regularization=knobs.l2,
        max_features=knobs.columns,
        early_stopping=False,
        random_state=seed,
    )


def _extra_trees(knobs: ExtraTrees, seed: int, rows: int) -> Averaged:
    drawn = rows > knobs.rows
    return Averaged(
        bootstrap=drawn,
        max_samples=knobs.rows if drawn else None,
        n_estimators=knobs.trees,
        min_samples_leaf=knobs.min_leaf_rows,
        max_leaf_nodes=knobs.leaves,
        max_features=knobs.columns,
        random_state=seed,
    )


def _double(seen: Matrix) -> Floats:
    """In double precision, in which all learners compute; the values stay float32 numbers."""
    return seen.astype(np.float64)
