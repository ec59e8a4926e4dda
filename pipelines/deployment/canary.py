"""The canary: the candidate answers a share of the customers until the sequential rules promote or withdraw it."""

from datetime import datetime

from prefect import task

from churn import params
from churn.rollout.canary import Arm, judge
from churn.rollout.finding import Verdict
from churn.rollout.plan import Plan
from churn.rollout.sequence import Sample
from churn.store import Store
from churn.store.tried import Sums
from pipelines.common import OUTSIDE
from pipelines.deployment.trial import Outcome, Trial
from pipelines.deployment.tried import try_out


@task(**OUTSIDE)
def canary(trial: Trial) -> Outcome:
    """Let it answer its share; a first champion has nobody to be compared with."""
    before = trial.before
    if before is None:
        return Outcome(True, "canary: there is no champion yet")
    policy = params.load().rollout.canary
    plan = Plan(mode="canary", share=policy.share, slow_seconds=policy.slow_ms / 1000, errors=policy.errors)

    def look(log: Store, since: datetime) -> Verdict:
        found = log.tried.sums(since, policy.late_ms / 1000)
        arms = [_arm(found.get(version, Sums())) for version in (trial.candidate, before)]
        return judge(arms[0], arms[1], log.tried.scored(trial.candidate, "canary", since), policy)

    return try_out(trial, plan, policy.minutes, look)


def _arm(sums: Sums) -> Arm:
    scores = Sample(sums.rows, sums.total, sums.squares)
    return Arm(scores, sums.late, Sample(sums.known, sums.losses, sums.loss_squares))
