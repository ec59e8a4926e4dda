"""The tries of one learner with Optuna: within a budget, resumable, equal for equal seeds."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churn.model.rows import Rows
from churn.model.space import STARTS, Knobs, replaced, suggest
from churn.model.splits import splits
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


def tries_of(learner: Learner, rows: Rows, params: Train, place: Path | None) -> list[Try]:
    """The tries of a learner as far as the budget goes. Those kept in `place` count, and new ones are kept there."""
    import optuna  # noqa: PLC0415 - a second, only where something is tuned

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=SPARED)
    storage = _journal(place, learner) if place else None
    study = optuna.create_study(storage=storage, study_name=learner, pruner=pruner, load_if_exists=True)
    for left in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):  # by a process that is gone
        study.tell(left.number, state=optuna.trial.TrialState.FAIL)
    while not _used_up(study, params):
        number = len(_made(study))
        study.sampler = optuna.samplers.TPESampler(seed=params.seed + number, n_startup_trials=BLIND)
        _attempt(study, learner, rows, params)
    return _tries(study, learner, params)


def all_made(learner: Learner, params: Train, place: Path) -> list[Try] | None:
    """The tries kept in `place` if the budget is used up, which costs no look at the rows; else None."""
    import optuna  # noqa: PLC0415

    if not (place / f"{learner}.log").is_file():
        return None
    study = optuna.load_study(study_name=learner, storage=_journal(place, learner))
    return _tries(study, learner, params) if _used_up(study, params) else None


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


def _used_up(study: "Study", params: Train) -> bool:
    """Whether there are as many tries as asked for, or they took as long as they may; one is always made."""
    made, seconds = _made(study), params.tune.seconds
    spent = sum((trial.duration for trial in made), timedelta()).total_seconds()
    late = any(trial.state.name == "COMPLETE" for trial in made) and seconds is not None and spent > seconds
    return late or len(made) >= params.tune.trials


def _tries(study: "Study", learner: Learner, params: Train) -> list[Try]:
    return [_try(learner, number, trial, params) for number, trial in enumerate(_made(study)[: params.tune.trials])]


def _try(learner: Learner, number: int, trial: Any, params: Train) -> Try:
    knobs = trial.user_attrs["knobs"]
    if learner in params.boostings and "rounds" in trial.user_attrs:
        knobs = knobs | {"rounds": trial.user_attrs["rounds"]}
    losses = list(trial.intermediate_values.values())
    loss = trial.value if trial.value is not None else losses[-1]
    return Try(learner, number, trial.state.name.lower(), float(loss), knobs)


def _journal(place: Path, learner: Learner) -> "BaseStorage":
    """One for each learner, since all are tuned at once."""
    from optuna.storages import JournalStorage  # noqa: PLC0415
    from optuna.storages.journal import JournalFileBackend  # noqa: PLC0415

    place.mkdir(parents=True, exist_ok=True)
    return JournalStorage(JournalFileBackend(str(place / f"{learner}.log")))
