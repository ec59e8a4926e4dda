"""Fit the chosen learners again, on fewer rows and on earlier ones, to see what more and fresher rows bring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from churn.contract import Contract, encode
from churn.data.conform import columns_of
from churn.data.labelled import Labelled, in_time, older
from churn.model import Floats, Progress, fit_member
from churn.model.combine import blend
from churn.params import Evaluate, Learner, Train

FEWEST = 20  # rows of each class to learn from, and to calibrate on
CALIBRATING = 0.25  # rows that calibrate for each row that is learned from

NOTHING = pd.DataFrame({"kind": [], "learned": [], "row": [], "probability": []}).astype(
    {"kind": object, "learned": int, "row": int, "probability": float}
)
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Refit:
    """Which rows are learned from and which calibrate, of the train rows, and which of the test rows are scored.

    kind: `fewer`, a part of the rows that the model learned from, or `earlier`, those of snapshots whose outcomes were known
    at the newest.
    """

    kind: str
    learn: Booleans
    calibrate: Booleans
    asked: Booleans


def refit(
    chosen: Sequence[Learner],
    contract: Contract,
    train: Labelled,
    test: Labelled,
    knobs: Train,
    policy: Evaluate,
    horizon: int,
    progress: Progress = lambda items, _: items,
) -> pd.DataFrame:
    """A line for each refit and test row that it scores: kind, learned (how many rows), row (position), probability.

    The chosen learners are blended by scores of rows that they did not learn from. Nothing is chosen or tuned anew, so this
    is cheaper than a contest, and rows that are scored take no part. horizon: days until outcomes are known.
    """
    matrix, test_matrix = (encode(contract, columns_of(rows.frame, contract)) for rows in (train, test))

    def scores(one: Refit) -> Floats:
        learned, label, group = matrix[one.learn], train.label[one.learn], train.group[one.learn]
        members = [fit_member(name, contract, learned, label, knobs, group) for name in chosen]
        held, asked = (
            np.column_stack([member.score(part) for member in members])
            for part in (matrix[one.calibrate], test_matrix[one.asked])
        )
        return np.asarray(expit(blend(held, train.label[one.calibrate]).log_odds(asked)))

    parts = [
        pd.DataFrame({"kind": one.kind, "learned": int(one.learn.sum()), "row": np.flatnonzero(one.asked),
                      "probability": scores(one)})
        for one in progress(list(plan(train, test, policy, horizon, knobs.seed)), "refits")
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else NOTHING


def plan(train: Labelled, test: Labelled, policy: Evaluate, horizon: int, seed: int) -> Iterator[Refit]:
    """The refits that `policy` asks for and that have enough rows of both classes. Smaller parts lie within larger ones."""
    place, all_test = places(train, seed), np.ones(len(test), dtype=bool)
    wanted = [
        Refit("fewer", place < share, (place >= share) & (place < share * (1 + CALIBRATING)), all_test)
        for share in policy.learning_curve
    ]
    if policy.out_of_time:
        order = in_time(np.concatenate([train.snapshot, test.snapshot]))
        newest, edge = order[-1], 1 / (1 + CALIBRATING)
        earlier = np.isin(train.snapshot.astype(str), older(order, newest, horizon))
        later = test.snapshot.astype(str) == newest
        wanted.append(Refit("earlier", earlier & (place < edge), earlier & (place >= edge), later))
    for one in wanted:
        if all(both(train.label[mask], FEWEST) for mask in (one.learn, one.calibrate)) and both(test.label[one.asked], 1):
            yield one


def places(rows: Labelled, seed: int) -> Floats:
    """For each row a place from 0 to 1 in a random order of the customers; rows of one customer have one place."""
    _, customer, sizes = np.unique(rows.group, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(sizes))
    place = np.empty(len(sizes))
    place[order] = (np.cumsum(sizes[order]) - sizes[order]) / len(rows)
    return np.asarray(place[customer])


def both(label: npt.NDArray[np.int64], fewest: int) -> bool:
    """Whether there are so many rows of each class."""
    return bool(min(label.sum(), len(label) - label.sum()) >= fewest)
