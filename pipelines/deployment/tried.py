"""A step that tries the candidate out on real requests: begin once, look until there is a verdict, write it down once."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from prefect.context import TaskRunContext

from churn.rollout.finding import Finding, Verdict
from churn.rollout.plan import Plan
from churn.store import Event, Store
from churn.store.tables import now
from pipelines.common import registry, store
from pipelines.deployment.trial import Outcome, Trial
from pipelines.overview import draw_overview

WITHDRAWN = "withdrawn"  # a kind of line in the history, which the server writes too
PAUSE = 1.0
REST = 20  # a look at the store is followed by this many times its own length, so that long tables are looked at seldom

Look = Callable[[Store, datetime], Verdict]


def try_out(trial: Trial, plan: Plan, minutes: float, look: Look) -> Outcome:
    """Make the candidate the challenger until `look` gives a verdict that is not open, or until the time is over.

    An attempt that was cut short goes on with what has been seen since it began. What is undecided at the end has failed,
    and so has what the server has withdrawn. Whatever the verdict, the candidate is no challenger afterwards.
    """
    log, models = store(), registry()
    if trial.noted(log, f"{plan.mode} ended") is None:
        since = _begin(log, trial, plan)
        if _withdrawn(log, trial, since) is None:
            models.challenge(trial.candidate, plan.model_dump_json())
        if TaskRunContext.get():  # the page shows who is tried; without it the trial goes on
            draw_overview(return_state=True)
        verdict, reason = _observe(log, trial, since, since + timedelta(minutes=minutes), look)
        findings = [asdict(one) for one in verdict.findings]
        if verdict.state != "holds" and _withdrawn(log, trial, since) is None:
            trial.note(log, WITHDRAWN, reason=reason)
        trial.note(log, f"{plan.mode} ended", passed=verdict.state == "holds", reason=reason, findings=findings)
    models.dismiss()
    ended = trial.noted(log, f"{plan.mode} ended")
    told = ended.detail if ended else {"passed": False, "reason": "no verdict was written"}
    return Outcome(bool(told["passed"]), f"{plan.mode}: {told['reason']}", detail=told)


def _begin(log: Store, trial: Trial, plan: Plan) -> datetime:
    """When it began, now or before it was cut short."""
    trial.note(log, f"{plan.mode} begun", share=plan.share)
    begun = trial.noted(log, f"{plan.mode} begun")
    return begun.time if begun else now()


def _observe(log: Store, trial: Trial, since: datetime, until: datetime, look: Look) -> tuple[Verdict, str]:
    """Look until there is a verdict; gives it with the reason."""
    while True:
        began = time.monotonic()
        gone = _withdrawn(log, trial, since)
        if gone:
            failed = Finding("served", gone.detail.get("failed", 0), "not withdrawn by the server", "fails")
            return Verdict([failed]), f"the server has withdrawn it: {gone.detail['reason']}"
        verdict = look(log, since)
        if verdict.state != "open":
            return verdict, verdict.reason
        if now() > until:
            return verdict, f"the time is over and it is {verdict.reason}"
        time.sleep(max(PAUSE, REST * (time.monotonic() - began)))


def _withdrawn(log: Store, trial: Trial, since: datetime) -> Event | None:
    """The line that the server wrote when it withdrew the candidate."""
    lines = (
        line for line in log.history() if line.kind == WITHDRAWN and line.version == trial.candidate and line.time >= since
    )
    return next((line for line in lines if "attempt" not in line.detail), None)
