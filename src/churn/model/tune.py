"""Look for better knobs: each learner for itself, within a budget, resumable, equal for equal seeds."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.model.failing import Failure, caught
from churn.model.member import Labels
from churn.model.parallel import each
from churn.model.rows import Rows
from churn.model.space import SPACES, Knobs, replaced
from churn.model.splits import Groups, splits
from churn.model.study import Try, all_made, tries_of
from churn.model.train import Progress
from churn.model.trial import loss_curve
from churn.params import Learner, Train


@dataclass(frozen=True)
class Tuned:
    """The parameters with the best knobs that were found, every try, and why some learners could not be tuned."""

    params: Train
    tries: tuple[Try, ...]
    failed: dict[Learner, str] = field(default_factory=dict)

    @property
    def knobs(self) -> dict[str, Knobs]:
        """The knobs of each tuned learner."""
        return {learner: getattr(self.params, learner).model_dump() for learner in dict.fromkeys(t.learner for t in self.tries)}


def tunable(params: Train) -> list[Learner]:
    """The learners that there are tries of."""
    return [learner for learner in params.learners if learner in SPACES] if params.tune.trials else []


def tune(
    contract: Contract,
    matrix: Matrix,
    label: Labels,
    group: Groups,
    params: Train,
    folder: Path | None = None,
    progress: Progress = lambda items, _: items,
) -> Tuned:
    """Tune every learner that has knobs to tune. Tries are kept in `folder` as they are made, and not made again.

    matrix: encoded rows (n, features). With a budget in tries, equal arguments give equal knobs. A learner that fails
    keeps its knobs as they are written.
    """
    everything = Rows(contract, matrix, label, group)
    rows, place = _judging(everything, params, folder)

    def look(learner: Learner) -> list[Try]:
        return tries_of(learner, rows, params, place)

    found: dict[Learner, list[Try] | Failure] = dict(_all_made(params, place))
    asked = [learner for learner in tunable(params) if learner not in found]
    found |= zip(asked, each(caught(look), [(one,) for one in asked], rows.matrix, progress, "tuning"), strict=True)
    made = {one: some for one in tunable(params) if not isinstance(some := found[one], Failure)}
    tuned = with_knobs(params, {learner: _best(some) for learner, some in made.items()})
    if len(rows.label) < len(label):
        tuned = _with_rounds(everything, [learner for learner in made if learner in params.boostings], tuned, progress)
    failed = {learner: some.reason for learner, some in found.items() if isinstance(some, Failure)}
    return Tuned(tuned, tuple(one for some in made.values() for one in some), failed)


def look_ahead(learner: Learner, everything: Rows, params: Train, folder: Path | None) -> list[Try]:
    """The tries of one learner, kept in `folder`, where `tune` with the same rows and parameters finds them made."""
    rows, place = _judging(everything, params, folder)
    return tries_of(learner, rows, params, place)


def _judging(everything: Rows, params: Train, folder: Path | None) -> tuple[Rows, Path | None]:
    """The rows by which tries are judged, and where their tries are kept."""
    rows = _sample(everything, params)
    return rows, folder / _digest(rows, params) if folder else None


def _all_made(params: Train, place: Path | None) -> Iterator[tuple[Learner, list[Try]]]:
    """The learners of which no further try is due, which need no process to be started."""
    if place is None:
        return
    for learner in tunable(params):
        if made := all_made(learner, params, place):
            yield learner, made


def with_knobs(params: Train, knobs: dict[Learner, Knobs]) -> Train:
    """The parameters with knobs as `Tuned.knobs` gives them."""
    for learner, found in knobs.items():
        params = replaced(params, learner, found)
    return params


def _with_rounds(rows: Rows, learners: list[Learner], params: Train, progress: Progress) -> Train:
    """More rows bear more rounds of boosting, so they are found once more on one split of all of them."""
    fit, held = splits(rows.label, rows.group, params.folds, params.seed)[0]

    def rounds(learner: Learner) -> int:
        return int(loss_curve(learner, rows.at(fit), rows.at(held), params).argmin()) + 1

    found = each(rounds, [(learner,) for learner in learners], rows.matrix, progress, "rounds")
    return with_knobs(params, {learner: {"rounds": count} for learner, count in zip(learners, found, strict=True)})


def _best(tries: list[Try]) -> Knobs:
    return min((one for one in tries if one.state == "complete"), key=lambda one: one.log_loss).knobs


def _sample(rows: Rows, params: Train) -> Rows:
    """At most about `tune.rows` rows, by leaving out whole customers."""
    count = len(rows.label)
    if count <= params.tune.rows:
        return rows
    names = np.unique(rows.group)
    kept = np.random.default_rng(params.seed).permutation(names)[: len(names) * params.tune.rows // count]
    return rows.at(np.isin(rows.group, kept))


def _digest(rows: Rows, params: Train) -> str:
    """What the tries depend on, but for how many there are."""
    budget: Any = {"learners": True, "member_worth": True, "tune": {"trials", "seconds"}}
    text = rows.contract.model_dump_json() + params.model_dump_json(exclude=budget)
    content = b"".join(np.ascontiguousarray(part).tobytes() for part in (rows.matrix, rows.label, rows.group))
    return hashlib.sha256(text.encode() + content).hexdigest()[:16]
