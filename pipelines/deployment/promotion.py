"""The promotion: the champion alias moves to the candidate; where the attempt fails afterwards it moves back."""

import time

from prefect import task
from prefect.transactions import Transaction, get_transaction

from churn.errors import RegistryUnavailable
from churn.registry import Registry
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.attempts import ENDED
from pipelines.deployment.trial import Outcome, Trial

PROMOTING = "promoting"  # a kind of line in the history: from here on the alias may have moved
ATTEMPTS = 6  # to undo a promotion, over a minute; Prefect does not repeat a rollback


@task(**OUTSIDE)
def promote(trial: Trial) -> Outcome:
    """Move the champion alias, remembering where it was; to move it again changes nothing.

    It stays where it is if somebody else has moved it since the candidate was compared, or has ended the attempt.
    """
    log, models = store(), registry()
    if trial.noted(log, ENDED):
        return Outcome(False, "another deployment has begun meanwhile")
    if (found := champion_of(models)) not in (trial.before, trial.candidate):
        return Outcome(False, f"version {found or 'none'} is champion now, and it was compared with {trial.before or 'none'}")
    current = get_transaction()
    if current:
        current.set("before", trial.before)
        current.set("candidate", trial.candidate)
    trial.note(log, PROMOTING, before=trial.before)
    models.promote(trial.candidate)
    return Outcome(True, f"version {trial.candidate} is champion")


@promote.on_rollback
def restore(promotion: Transaction) -> None:
    """Move the alias back to where it was, unless somebody has moved it since."""
    models = registry()
    if champion_of(models) == promotion.get("candidate"):
        put_back(models, promotion.get("before"))


def champion_of(models: Registry) -> str | None:
    """The champion, if there is one."""
    found = models.champion()
    return found.version if found else None


def put_back(models: Registry, before: str | None) -> None:
    """Make `before` the champion again, or leave none where there was none. Raises RegistryUnavailable after some tries."""
    for attempt in range(ATTEMPTS):
        try:
            models.promote(before) if before else models.withdraw()
        except RegistryUnavailable:
            time.sleep(2**attempt)
        else:
            return
    raise RegistryUnavailable(f"the alias could not be moved back to version {before or 'none'}; move it in MLflow")
