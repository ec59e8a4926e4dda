"""Walk forward over snapshots: each is judged by a model of what was known on its date, and of other customers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from churn.contract import encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, held_out, in_time, older
from churn.errors import TableError
from churn.evaluate.refit import CALIBRATING, FEWEST, both, places
from churn.features.declare import declare
from churn.model import Floats, Progress, fit_member
from churn.model.combine import blend
from churn.params import Params


@dataclass(frozen=True)
class Step:
    """One snapshot. learned: names of those that were learned from. asked: which rows of the whole are judged, (n,).

    probability: of each of them.
    """

    snapshot: str
    learned: list[str]
    asked: npt.NDArray[np.bool_]
    probability: Floats


def walk(rows: Labelled, params: Params, progress: Progress = lambda items, _: items) -> list[Step]:
    """A step for each snapshot that follows others with known outcomes and enough rows of both classes.

    Learned from are the newest `split.window` snapshots whose outcomes were known at the date, and in them the customers who
    are not held out; judged are the held-out ones. Every learner of params.yaml takes part, with the knobs that stand there:
    nothing is chosen or tuned by what came later. Raises TableError when there is no such snapshot.
    """
    planned = list(_plan(rows, params))
    if not planned:
        days = f"{params.outcome_days} days (problem.horizon_days and what events wait for)"
        reason = f"older by {days}, with enough rows of both classes"
        raise TableError(f"no snapshot in data/ can be judged by others that are {reason}")
    return [_step(rows, params, *one) for one in progress(planned, "walk forward")]


def _plan(rows: Labelled, params: Params) -> Iterator[tuple[str, list[str]]]:
    order, held = in_time(rows.snapshot), held_out(rows, params.split)
    for name in order:
        learned = older(order, name, params.outcome_days)[-params.split.window :]
        label = rows.label[_in(rows, learned) & ~held]
        if both(label, FEWEST * (1 + round(1 / CALIBRATING))) and both(rows.label[_in(rows, [name]) & held], 1):
            yield name, learned


def _step(rows: Labelled, params: Params, name: str, learned: list[str]) -> Step:
    held = held_out(rows, params.split)
    train, asked = rows.where(_in(rows, learned) & ~held), _in(rows, [name]) & held
    contract = describe(train.frame, params.data)
    matrix = encode(contract, columns_of(train.frame, contract))
    contract = declare(contract, matrix, params.features)
    whole, test = (encode(contract, columns_of(part.frame, contract)) for part in (train, rows.where(asked)))
    fits = places(train, params.train.seed) < 1 / (1 + CALIBRATING)
    members = [
        fit_member(learner, contract, whole[fits], train.label[fits], params.train, train.group[fits])
        for learner in params.train.learners
    ]
    calibrating, wanted = (np.column_stack([member.score(part) for member in members]) for part in (whole[~fits], test))
    probability = np.asarray(expit(blend(calibrating, train.label[~fits]).log_odds(wanted)))
    return Step(name, learned, asked, probability)


def _in(rows: Labelled, names: list[str]) -> npt.NDArray[np.bool_]:
    return np.isin(rows.snapshot.astype(str), names)
