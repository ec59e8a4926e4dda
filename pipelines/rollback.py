"""Go back to a version that was champion, in seconds: without Prefect and, where it can be avoided, without MLflow's client."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from churn import params, settings
from churn.errors import NoModel
from churn.history import CROWNED, ROLLED_BACK, made_of, reigns
from churn.registry.light import registry_at
from churn.store import Event, Store
from pipelines.running import await_server

ROLLING_BACK = "rolling back"  # a kind of line in the history: from here on the alias may have moved


@dataclass(frozen=True)
class RolledBack:
    """From which version to which, whether a running server answers with it, and the seconds until then."""

    before: str | None
    version: str
    answers: bool
    seconds: float


def roll_back(version: str | None, reason: str) -> RolledBack:
    """Make `version`, or else the champion before this one, the champion, and wait until the server answers with it.

    Raises NoModel if there is no such version, if it is champion already, or if a server runs that keeps the model it has.
    """
    began, chosen = monotonic(), settings.load()
    models = registry_at(chosen.tracking_uri, params.load().name)
    before = models.champion()
    log = Store(chosen.store_url)
    log.create()
    history = log.history()
    begun = None if version else unfinished(history, before.version if before else None)
    wanted = version or (begun.version if begun else previous(history, before.version if before else None))
    if before and wanted == before.version and [one.version for one in reigns(history)[-1:]] == [wanted]:
        raise NoModel(f"version {wanted} is champion already; name another, `churn history` lists them")
    left = begun.detail["before"] if begun else before.version if before else None
    told = {"before": left, "reason": reason, **made_of(history, wanted)}
    log.record(Event(ROLLING_BACK, wanted, told))
    models.promote(wanted)
    log.record(Event(ROLLED_BACK, wanted, told))
    log.close()
    now = models.champion()
    marks = [one.fingerprint for one in (before, now) if one]
    answers = await_server(chosen.api_url, now.fingerprint if now else "", marks, chosen.client_key.get_secret_value())
    return RolledBack(left, wanted, answers, monotonic() - began)


def unfinished(history: Sequence[Event], champion: str | None) -> Event | None:
    """The line of a step back that was cut short once the alias had moved: who repeats it goes on with it, and not forward."""
    newest = next((line for line in reversed(history) if line.kind in {*CROWNED, ROLLING_BACK}), None)
    return newest if newest and newest.kind == ROLLING_BACK and newest.version == champion else None


def previous(history: Sequence[Event], champion: str | None) -> str:
    """The last version that was champion before `champion`, leaving out those that somebody went back from.

    Raises NoModel if there is none.
    """
    left = _left(history)
    told = [line for line in history if line.kind in CROWNED]
    was: list[str] = [version for line in told for version in (line.detail.get("before"), line.version) if version]
    found = next((version for version in reversed(was) if version != champion and version not in left), None)
    if found is None:
        raise NoModel("the history knows no other champion to go back to; name one, as in `churn rollback 3`")
    return found


def _left(history: Sequence[Event]) -> set[str]:
    """Versions that somebody went back from, until they become champion again; who returns to one takes the step back."""
    left: set[str] = set()
    for line in history:
        before = line.detail.get("before")
        if line.kind == ROLLED_BACK and line.version not in left and before not in (None, line.version):
            left.add(before)
        elif line.kind in CROWNED and line.version:
            left.discard(line.version)
    return left
