"""The end of a deployment: what became of the attempt is written down and shown."""

from prefect import task

from churn.history import PROMOTED
from churn.store import Store
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.attempts import ENDED
from pipelines.deployment.gate import GATED, OVERRIDDEN
from pipelines.deployment.promotion import PROMOTING, champion_of
from pipelines.deployment.told import publish, report
from pipelines.deployment.trial import Outcome, Trial

UNDONE = "undone"  # a kind of line in the history


def conclude(trial: Trial, outcome: Outcome) -> Outcome:
    """Write down a verdict, and give it as it was written; an attempt that waits stays open."""
    if not outcome.waits:
        outcome = close(trial, outcome)
    word = "waits" if outcome.waits else "promoted" if outcome.passed else "not promoted"
    _show(trial, word, _reason(store(), trial) if outcome.passed else outcome.reason)
    return outcome


@task(**OUTSIDE)
def close(trial: Trial, outcome: Outcome) -> Outcome:
    """Append to the history how the attempt ended: not well, if somebody went back from the candidate meanwhile."""
    log = store()
    if outcome.passed and (found := champion_of(registry())) != trial.candidate:
        outcome = Outcome(False, f"version {found or 'none'} was made champion meanwhile")
    why = _reason(log, trial) if outcome.passed else outcome.reason
    if outcome.passed:
        trial.note(log, PROMOTED, before=trial.before, reason=why)
    trial.note(log, ENDED, promoted=outcome.passed, reason=why)
    return outcome


def undo(trial: Trial, why: str) -> None:
    """Tell that a promotion was taken back; before one nothing is told, so that the attempt can go on later."""
    if _taken_back(trial, why):
        _show(trial, "not promoted", f"promotion undone: {why}")


@task(**OUTSIDE)
def _taken_back(trial: Trial, why: str) -> bool:
    log = store()
    if trial.noted(log, PROMOTING) is None or champion_of(registry()) != trial.before:
        return False
    trial.note(log, UNDONE, before=trial.before, reason=why)
    trial.note(log, ENDED, promoted=False, reason=f"promotion undone: {why}")
    return True


def _show(trial: Trial, word: str, why: str) -> None:
    gated = trial.noted(store(), GATED)
    publish(report(trial.candidate, trial.before, word, why, gated.detail if gated else {}))


def _reason(log: Store, trial: Trial) -> str:
    """Why the gate let it pass, or who did although the gate refused."""
    for kind, before in ((OVERRIDDEN, "the gate was overruled: "), (GATED, "")):
        if line := trial.noted(log, kind):
            return f"{before}{line.detail['reason']}"
    return "the policy asks no gate"
