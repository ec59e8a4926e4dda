"""The flow: begin or go on, take the steps, and write down how it ended."""

from prefect import flow, task
from prefect.transactions import transaction

from churn import params
from churn.errors import ChurnError, NoModel
from churn.registry import Version
from churn.stages.places import BUNDLE
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.attempts import under_way
from pipelines.deployment.begin import begin
from pipelines.deployment.end import conclude, undo
from pipelines.deployment.form import ask, heed
from pipelines.deployment.steps import walk
from pipelines.deployment.told import publish, report
from pipelines.deployment.trial import Outcome, Trial
from pipelines.overview import draw_overview


@flow(name="deployment", log_prints=True)
def deployment(version: str | None = None, broken: bool = False, override: str = "") -> bool:
    """Take a version through every step that the policy wants. Returns whether it was promoted.

    version: by default the one made from artifacts/bundle. broken: its data may be of feeds that monitoring called
    broken, for a person who knows that the change is there to stay. override: why a person overrules the gate.
    A deployment that was cut short goes on where it was. Raises DeploymentUnderWay while another one is.
    """
    candidate = version or find_candidate()
    with store().alone("deployment"):
        champion = find_champion()
        if champion and champion.version == candidate and not cut_short(candidate):
            publish(report(candidate, candidate, "not promoted", "it is the champion already", {}))
            return False
        trial = begin(candidate, broken, override)
        outcome = conclude(trial, _walk(trial))
        if outcome.waits:
            draw_overview(return_state=True)  # the page shows who waits
        if outcome.waits and (said := ask(trial)):
            heed(trial, said)
            outcome = conclude(trial, _walk(trial))
    draw_overview(return_state=True)  # the page shows who is live; without it the promotion stands
    return outcome.passed


def _walk(trial: Trial) -> Outcome:
    """Take the steps; where one fails after the promotion everything is as it was, and the history tells why."""
    try:
        with transaction():
            return walk(trial, params.load().deployment)
    except ChurnError as error:
        undo(trial, str(error))
        raise


@task(**OUTSIDE)
def find_candidate() -> str:
    """The version registered from artifacts/bundle."""
    known = registry().version_of(BUNDLE) if BUNDLE.is_dir() else None
    if known is None:
        raise NoModel("artifacts/bundle is not registered; run `dvc repro` and the development flow (`churn deploy`)")
    return known.version


@task(**OUTSIDE)
def find_champion() -> Version | None:
    """The version that is served now, if any."""
    return registry().champion()


@task(**OUTSIDE)
def cut_short(candidate: str) -> bool:
    """Whether an attempt for this candidate has begun and not ended: its promotion may not have been verified."""
    known = under_way(store().history())
    return known is not None and known.line.version == candidate
