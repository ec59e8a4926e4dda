"""Follow the challenger of the registry, and carry withdrawals by the server back to it."""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from churn.errors import BundleCorrupt
from churn.rollout.plan import Plan
from serving.challenger.pointer import TARGET, WITHDRAWN, Target, read_target, read_withdrawal, write

log = logging.getLogger(__name__)


class HasVersion(Protocol):
    """Anything that has a version."""

    @property
    def version(self) -> str:
        """The number of a model version."""


class HasPlan(Protocol):
    """A version and the text of its plan."""

    @property
    def version(self) -> HasVersion:
        """The version."""

    @property
    def plan(self) -> str:
        """The plan, as `churn.rollout.plan` reads it."""


class Challengers(Protocol):
    """What is asked of the registry."""

    def challenger(self) -> HasPlan | None:
        """The challenger, or None while there is none."""

    def dismiss(self) -> None:
        """Leave the model without a challenger."""

    def download(self, version: str, folder: Path, /) -> Path:
        """Fetch the bundle of a version into `folder`; returns the folder of the bundle."""


class ChallengerFollower:
    """Keeps the challenger's file as the registry says. `tell` is given what the file says, None where there is none."""

    def __init__(self, registry: Challengers, bundles: Path, tell: Callable[[Target | None], object]) -> None:
        self._registry, self._bundles, self._tell = registry, bundles, tell
        self._followed: HasPlan | None = None

    def step(self) -> None:
        """Look once. Raises whatever the registry raises; the next step tries again."""
        named = self._registry.challenger()
        gone = read_withdrawal(self._bundles)
        if gone:
            if named and named.version.version == gone.version:
                self._registry.dismiss()
                named = None
            self._forget()
            (self._bundles / WITHDRAWN).unlink(missing_ok=True)  # last: until then nobody serves it
        if named is None:
            self._forget()
        elif named != self._followed or not (self._bundles / TARGET).exists():
            self._point(named)
        self._tell(read_target(self._bundles))

    def _point(self, named: HasPlan) -> None:
        version, plan = named.version.version, Plan.read(named.plan)
        folder = self._registry.download(version, self._bundles)
        target = Target(version=version, folder=str(folder.absolute()), plan=plan)
        if self._present() != target:
            write(self._bundles, target)
            log.info("challenger is version %s: %s of %g", version, plan.mode, plan.share)
        self._followed = named

    def _present(self) -> Target | None:
        with suppress(BundleCorrupt):  # an unreadable one is replaced
            return read_target(self._bundles)
        return None

    def _forget(self) -> None:
        (self._bundles / TARGET).unlink(missing_ok=True)
        self._followed = None
