"""The beginning of a deployment: a new attempt, or the one that was cut short."""

from typing import Any

from prefect import task

from churn import settings
from churn.bundle.manifest import Manifest, fingerprint
from churn.errors import DeploymentUnderWay
from churn.history import PROMOTED
from churn.registry import Registry
from churn.store import Event, Store
from churn.store.tables import now
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.attempts import BEGUN, ENDED, Attempt, next_number, under_way
from pipelines.deployment.end import UNDONE
from pipelines.deployment.promotion import champion_of, put_back
from pipelines.deployment.trial import Trial

CUT_SHORT = "cut short, and another deployment has begun"


@task(**OUTSIDE)
def begin(candidate: str, broken: bool, override: str = "") -> Trial:
    """Go on with the attempt for this candidate that was cut short, or begin one.

    An attempt for another candidate that was cut short is ended first, and what it had promoted is taken back. Raises
    DeploymentUnderWay while another candidate waits for somebody, and HistoryAltered, for nothing can be built on that.
    """
    log, models = store(), registry()
    log.check_history()  # approvals and promotions stand in it
    champion = champion_of(models)
    known = under_way(log.history())
    if known and known.line.version == candidate and champion in (known.before, candidate):
        return _trial(models, candidate, known.number, known.before, broken, override)
    if known:
        _give_up(log, models, known, champion)
        champion = champion_of(models)
    trial = _trial(models, candidate, next_number(log.history()), champion, broken, override)
    if not log.take_turn(f"deployment {trial.number}", trial.line(BEGUN, before=champion)):
        raise DeploymentUnderWay(f"another deployment has just begun; see `churn history`, then deploy version {candidate}")
    return trial


def _give_up(log: Store, models: Registry, known: Attempt, champion: str | None) -> None:
    """End an attempt that nobody goes on with; its candidate stays champion only if it was verified."""
    models.dismiss()  # it may have been cut short while it was the challenger
    version = known.line.version
    if known.waiting(now()) and champion == known.before:
        raise DeploymentUnderWay(f"version {version} waits for a person; say yes or no by `churn approve {version}`")
    verified = known.newest.kind == PROMOTED
    if champion == version and not verified:
        put_back(models, known.before)
        _write(log, known, UNDONE, before=known.before, reason=CUT_SHORT)
    _write(log, known, ENDED, promoted=verified, reason=known.newest.detail["reason"] if verified else CUT_SHORT)


def _write(log: Store, known: Attempt, kind: str, **detail: Any) -> None:
    log.take_turn(f"deployment {known.number} {kind}", Event(kind, known.line.version, known.facts | detail))


def _trial(models: Registry, candidate: str, number: int, before: str | None, broken: bool, override: str) -> Trial:
    folder = models.download(candidate, settings.load().bundles)
    lineage = Manifest.verified(folder).lineage
    made_of = {"bundle": fingerprint(folder), "data": lineage.data, "commit": lineage.commit}
    return Trial(number, candidate, before, made_of, broken, override)
