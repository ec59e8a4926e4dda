"""The promotion: the champion alias moves to the candidate; where the attempt fails afterwards it moves back."""

import time

from prefect import task
from prefect.transactions import Transaction, get_transaction

from churn.errors import RegistryUnavailable
from churn.registry import Registry
from pipelines.common import OUTSIDE, registry, store
from pipelines.deployment.trial import Outcome, Trial

PROMOTING = "promoting"  # a kind of line in the history: from here on the alias may have moved
ATTEMPTS = 6  # to undo a promotion, over a minute; Prefect does not repeat a rollback


@task(**OUTSIDE)
def promote(trial: Trial) -> Outcome:
    """Move the champion alias, remembering where it was; to move it again changes nothing."""
    current = get_transaction()
    if current:
        current.set("before", trial.before)
    trial.note(store(), PROMOTING, before=trial.before)
    registry().promote(trial.candidate)
    return Outcome(True, f"version {trial.candidate} is champion")


@promote.on_rollback
def restore(promotion: Transaction) -> None:
    """Move the alias back to where it was."""
    put_back(registry(), promotion.get("before"))


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
