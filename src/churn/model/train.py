"""Fit each learner in folds, let them compete, and fit what won on all rows."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.errors import ParamsError
from churn.model.combine import Model, blend
from churn.model.contest import Contest, contest
from churn.model.failing import Failure, caught
from churn.model.member import Floats, Labels, Member, fit_member
from churn.model.parallel import each
from churn.model.splits import Groups, Rows, splits
from churn.params import Learner, Train

Progress = Callable[[list[Any], str], Iterable[Any]]


def train(
    contract: Contract,
    matrix: Matrix,
    label: Labels,
    group: Groups,
    params: Train,
    progress: Progress = lambda items, _: items,
) -> tuple[Model, Contest]:
    """Fit a model on (n, features) encoded rows; rows of one group stay in one fold.

    A learner that fails takes no part. Raises ParamsError when all of them do.
    """
    folds = splits(label, group, params.folds, params.seed)
    scores, failed = {learner: np.empty(len(label)) for learner in params.learners}, dict[Learner, str]()

    def judged(learner: Learner, rows: tuple[Rows, Rows]) -> Floats:
        fit, held = rows
        return fit_member(learner, contract, matrix[fit], label[fit], params, group[fit]).score(matrix[held])

    def whole(learner: Learner) -> Member:
        return fit_member(learner, contract, matrix, label, params, group)

    pairs = list(product(params.learners, folds))
    for (learner, (_, held)), found in zip(
        pairs, each(caught(judged), pairs, matrix, progress, "cross-validation"), strict=True
    ):
        if isinstance(found, Failure):
            failed[learner] = found.reason
        else:
            scores[learner][held] = found
    result = replace(contest(_of_the_others(scores, failed), label, folds, params.member_worth), failed=failed)
    chosen = result.chosen.learners
    members = each(whole, [(learner,) for learner in chosen], matrix, progress, "fit")
    weights = blend(np.column_stack([scores[learner] for learner in chosen]), label)
    return Model(dict(zip(chosen, members, strict=True)), weights.weights, weights.bias), result


def _of_the_others(scores: dict[Learner, Floats], failed: dict[Learner, str]) -> dict[Learner, Floats]:
    left = {learner: found for learner, found in scores.items() if learner not in failed}
    if not left:
        reasons = "; ".join(f"{learner}: {reason}" for learner, reason in failed.items())
        raise ParamsError(f"every learner of train.learners fails on these rows ({reasons}); name others in params.yaml")
    return left
