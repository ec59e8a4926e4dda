"""The error budget of a new champion: watched for a while after the promotion, which is taken back once it is spent."""

import time
from collections.abc import Iterator

import httpx
from prefect import task
from prometheus_client.parser import text_string_to_metric_families

from churn import params, settings
from churn.errors import BudgetSpent, NoModel
from churn.rollout.sprt import Sprt
from pipelines.common import OUTSIDE
from pipelines.deployment.trial import Outcome, Trial

PAUSE = 1.0
ROUTES = {"/predict", "/predict/batch"}
Counted = tuple[int, int]


@task(**OUTSIDE)
def watch(trial: Trial) -> Outcome:
    """Count answers of the server and those with a status of 500 or more. Raises BudgetSpent, which undoes the promotion."""
    policy, places = params.load().rollout.budget, settings.load()
    test, until = Sprt(policy.errors), time.monotonic() + policy.seconds
    before = counted(places.api_url, places.client_headers)
    if before is None:
        return Outcome(True, "no server is running whose errors could be counted")
    evidence, failed, fine = 0.0, 0, 0
    while time.monotonic() < until:
        time.sleep(PAUSE)
        now = counted(places.api_url, places.client_headers) or before
        more = since(before, now)
        evidence, before = test.after_many(evidence, *more), now
        failed, fine = failed + more[0], fine + more[1]
        if test.refuses(evidence):
            raise BudgetSpent(
                f"version {trial.candidate} failed {failed} of {failed + fine} requests; see the log of the server"
            )
    return Outcome(True, f"{failed} of {failed + fine} requests failed in {policy.seconds:g} s")


def since(before: Counted, now: Counted) -> Counted:
    """What was counted between two looks; none where a count fell, for then another process answered, with its own."""
    more = now[0] - before[0], now[1] - before[1]
    return more if min(more) >= 0 else (0, 0)


def counted(url: str, headers: dict[str, str]) -> Counted | None:
    """Failed and other answers to requests for predictions so far; None where no server tells. Raises NoModel without a key."""
    try:
        answer = httpx.get(f"{url}/metrics", headers=headers, timeout=5)
        if answer.status_code in (401, 403):
            raise NoModel(f"the server at {url} tells its errors to keys of the scope admin only; set CHURN_CLIENT_KEY to one")
        samples = list(_samples(answer.raise_for_status().text))
    except (httpx.HTTPError, ValueError):
        return None
    failed = sum(value for status, value in samples if status >= 500)
    return int(failed), int(sum(value for _, value in samples) - failed)


def _samples(text: str) -> Iterator[tuple[int, float]]:
    """Status and count of each kind of answer."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "churn_requests_total" and sample.labels["route"] in ROUTES:
                yield int(sample.labels["status"]), sample.value
