"""Look for better knobs with Optuna: each learner for itself, within a budget, resumable, equal for equal seeds."""

import hashlib
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.model.member import Labels
from churn.model.parallel import each
from churn.model.rows import Rows
from churn.model.space import SPACES, STARTS, Knobs, replaced, suggest
from churn.model.splits import Groups, splits
from churn.model.train import Progress
from churn.model.trial import loss_curve, mean_curve
from churn.params import Learner, Train

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage

BLIND = 4  # tries before the sampler looks at earlier ones
SPARED = 2  # tries that are never pruned


@dataclass(frozen=True)
class Try:
    """One try of a learner; a pruned one was given up after some of the splits."""

    learner: Learner
    number: int
    state: str
    log_loss: float
    knobs: Knobs

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Tuned:
    """The parameters with the best knobs that were found, and every try."""

    params: Train
    tries: tuple[Try, ...]

    @property
    def knobs(self) -> dict[str, Knobs]:
        """The knobs of each tuned learner."""
        return {learner: getattr(self.params, learner).model_dump() for learner in dict.fromkeys(t.learner for t in self.tries)}


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

    matrix: encoded rows (n, features). With a budget in tries, equal arguments give equal knobs.
    """
    learners = [learner for learner in params.learners if learner in SPACES] if params.tune.trials else []
    everything = Rows(contract, matrix, label, group)
    rows = _sample(everything, params)
    place = folder / _digest(rows, params) if folder else None

    def look(learner: Learner) -> list[Try]:
        return _study(learner, rows, params, place)

    tries = [found for some in each(look, [(one,) for one in learners], rows.matrix, progress, "tuning") for found in some]
    tuned = with_knobs(params, {learner: _best(learner, tries) for learner in learners})
    if len(rows.label) < len(label):
        tuned = _with_rounds(everything, [learner for learner in learners if learner in params.boostings], tuned, progress)
    return Tuned(tuned, tuple(tries))


def _with_rounds(rows: Rows, learners: list[Learner], params: Train, progress: Progress) -> Train:
    """More rows bear more rounds of boosting, so they are found once more on one split of all of them."""
    fit, held = splits(rows.label, rows.group, params.folds, params.seed)[0]

    def rounds(learner: Learner) -> int:
        return int(loss_curve(learner, rows.at(fit), rows.at(held), params).argmin()) + 1

    found = each(rounds, [(learner,) for learner in learners], rows.matrix, progress, "rounds")
    return with_knobs(params, {learner: {"rounds": count} for learner, count in zip(learners, found, strict=True)})


def with_knobs(params: Train, knobs: dict[Learner, Knobs]) -> Train:
    """The parameters with knobs as `Tuned.knobs` gives them."""
    for learner, found in knobs.items():
        params = replaced(params, learner, found)
    return params


def _study(learner: Learner, rows: Rows, params: Train, place: Path | None) -> list[Try]:
    import optuna  # noqa: PLC0415 - a second, only where something is tuned

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=SPARED)
    study = optuna.create_study(storage=_storage(place, learner), study_name=learner, pruner=pruner, load_if_exists=True)
    for left in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):  # by a process that is gone
        study.tell(left.number, state=optuna.trial.TrialState.FAIL)
    began = time.monotonic()
    while len(_made(study)) < params.tune.trials and not _late(study, began, params.tune.seconds):
        number = len(_made(study))
        study.sampler = optuna.samplers.TPESampler(seed=params.seed + number, n_startup_trials=BLIND)
        _attempt(study, learner, rows, params)
    return [_try(learner, number, trial, params) for number, trial in enumerate(_made(study)[: params.tune.trials])]


def _best(learner: Learner, tries: list[Try]) -> Knobs:
    complete = [one for one in tries if one.learner == learner and one.state == "complete"]
    return min(complete, key=lambda one: one.log_loss).knobs


def _attempt(study: "Study", learner: Learner, rows: Rows, params: Train) -> None:
    """One try, the first with the knobs as written, split by split, given up where it is worse than most were."""
    from optuna.trial import TrialState  # noqa: PLC0415

    number = len(_made(study))
    if 0 < number <= len(STARTS[learner]):
        study.enqueue_trial(STARTS[learner][number - 1])
    trial = study.ask()
    knobs = suggest(learner, trial) if number else {}
    trial.set_user_attr("knobs", knobs)
    chosen = replaced(params, learner, knobs)
    curves = []
    for step, (fit, held) in enumerate(splits(rows.label, rows.group, params.folds, params.seed)[: params.tune.splits]):
        curves.append(loss_curve(learner, rows.at(fit), rows.at(held), chosen))
        mean = mean_curve(curves)
        trial.report(float(mean.min()), step)
        if trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            return
    trial.set_user_attr("rounds", int(mean.argmin()) + 1)
    study.tell(trial, float(mean.min()))


def _made(study: "Study") -> list[Any]:
    """The tries that came to an end, whichever process made them."""
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state.name in ("COMPLETE", "PRUNED")]


def _late(study: "Study", began: float, seconds: float | None) -> bool:
    """Whether the time is up; one try is always made."""
    done = any(trial.state.name == "COMPLETE" for trial in _made(study))
    return done and seconds is not None and time.monotonic() - began > seconds


def _try(learner: Learner, number: int, trial: Any, params: Train) -> Try:
    knobs = trial.user_attrs["knobs"]
    if learner in params.boostings and "rounds" in trial.user_attrs:
        knobs = knobs | {"rounds": trial.user_attrs["rounds"]}
    losses = list(trial.intermediate_values.values())
    loss = trial.value if trial.value is not None else losses[-1]
    return Try(learner, number, trial.state.name.lower(), float(loss), knobs)


def _storage(place: Path | None, learner: Learner) -> "BaseStorage | None":
    """A journal for each learner, since all are tuned at once."""
    if place is None:
        return None
    from optuna.storages import JournalStorage  # noqa: PLC0415
    from optuna.storages.journal import JournalFileBackend  # noqa: PLC0415

    place.mkdir(parents=True, exist_ok=True)
    return JournalStorage(JournalFileBackend(str(place / f"{learner}.log")))


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
