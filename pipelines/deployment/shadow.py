"""The shadow: the candidate scores again what the champion answers, unseen, until enough rows can be compared."""

from datetime import datetime

from prefect import task

from churn import params
from churn.rollout.finding import Finding, Verdict
from churn.rollout.plan import Plan
from churn.rollout.shadow import Compared, judge
from churn.store import Store
from pipelines.common import OUTSIDE
from pipelines.deployment.trial import Outcome, Trial
from pipelines.deployment.tried import try_out


@task(**OUTSIDE)
def shadow(trial: Trial) -> Outcome:
    """Compare both models on the same rows; a first champion stands in nobody's shadow."""
    if trial.before is None:
        return Outcome(True, "shadow: there is no champion yet")
    knobs = params.load().rollout
    policy = knobs.shadow
    plan = Plan(
        mode="shadow",
        share=policy.share,
        slow_seconds=policy.slow_ms / 1000,
        errors=knobs.canary.errors,
        most_per_second=policy.most_per_second,
    )

    def look(log: Store, since: datetime) -> Verdict:
        scored = log.tried.scored(trial.candidate, "shadow", since)
        if scored < policy.requests:
            return Verdict([Finding("rows", scored, f"at least {policy.requests}", "open")])
        verdict = judge([Compared(*row) for row in log.tried.compared(trial.candidate, since)], policy)
        left = log.tried.answered(trial.candidate, since) - scored
        return Verdict([*verdict.findings, Finding("rows left out", left, "any number", "holds")])

    return try_out(trial, plan, policy.minutes, look)
