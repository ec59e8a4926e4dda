"""The approval of a person, where the policy asks for one: by the form in Prefect, `churn approve`, or one HTTP call."""

from datetime import datetime, timedelta

from prefect import task

from churn import params
from churn.errors import ApprovalRefused
from churn.store import Event, Store
from churn.store.tables import now
from pipelines.common import OUTSIDE, store
from pipelines.deployment.attempts import Attempt, under_way
from pipelines.deployment.gate import OVERRIDDEN
from pipelines.deployment.trial import Outcome, Trial

ASKED, APPROVED, DECLINED = "approval asked", "approved", "declined"  # kinds of line in the history


@task(**OUTSIDE)
def approve(trial: Trial) -> Outcome:
    """What a person said; ask, and wait, while nobody has said anything. Nobody's answer is a no once the time is over."""
    log = store()
    if trial.noted(log, OVERRIDDEN):
        return Outcome(True, "whoever overruled the gate approves")
    hours = params.load().deployment.approval_hours
    until = now() + timedelta(hours=hours)
    trial.note(log, ASKED, waits="for the approval of a person", until=until.isoformat())
    asked = trial.noted(log, ASKED)
    if asked and now() > datetime.fromisoformat(asked.detail["until"]):
        trial.note_answer(log, trial.line(DECLINED, reason=f"nobody answered within {hours:g} hours"))
    for kind in (APPROVED, DECLINED):
        if line := trial.noted(log, kind):
            return Outcome(kind == APPROVED, f"{kind} by {line.who}: {line.detail['reason']}")
    return Outcome(False, f"waits for `churn approve {trial.candidate}`, the form in Prefect or its API", waits=True)


def answer(log: Store, version: str, *, yes: bool, reason: str, who: str) -> Attempt:
    """Write down what a person says to the attempt that waits. Raises ApprovalRefused where nothing of it is asked."""
    if not reason.strip():
        raise ApprovalRefused("give a reason, in words; it is kept in the history")
    known = under_way(log.history())
    if known is None or (known.line.version, known.newest.kind) != (version, ASKED) or not known.waiting(now()):
        raise ApprovalRefused(f"version {version} does not wait for approval; see `churn history`")
    line = Event(APPROVED if yes else DECLINED, version, known.facts | {"reason": reason.strip()}, who=who)
    if not log.take_turn(known.answered, line):
        raise ApprovalRefused(f"version {version} has been answered already; see `churn history`")
    return known
