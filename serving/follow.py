"""Follow champion and challenger of the registry in a process of its own: what that takes must not hold up requests.

`python -m serving.follow [NAME [PARENT]]` follows the model NAME, by default the one that params.yaml names, and
ends with the process PARENT. Who starts it gives its own id, since it may die before this process can ask for it.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from churn import params, settings
from churn.errors import BundleCorrupt
from serving import logs
from serving.challenger.follow import ChallengerFollower
from serving.challenger.keeper import Keeper
from serving.pointer import NAME, Pointer, read_pointer, write_pointer

log = logging.getLogger("serving.follow")  # not __name__, which is __main__ when this module is run


class Named(Protocol):
    """Anything that has a version."""

    @property
    def version(self) -> str:
        """The number of a model version."""


class Champions(Protocol):
    """What the follower asks of the registry."""

    def champion(self) -> Named | None:
        """The champion, or None while there is none."""

    def download(self, version: str, folder: Path, /) -> Path:
        """Fetch the bundle of a version into `folder`; returns the folder of the bundle."""


class Patient:
    """Makes a step whose failure is logged once until it changes. `whom` it follows is for the log."""

    def __init__(self, whom: str, step: Callable[[], object]) -> None:
        self._whom, self._step = whom, step
        self._complaint: str | None = None

    def step(self) -> None:
        """Try once."""
        try:
            self._step()
        except Exception as error:  # whatever the registry's client raises, the next poll may succeed
            complaint = f"{type(error).__name__}: {' '.join(str(error).split())}"
            if complaint != self._complaint:
                log.warning("the %s cannot be followed, trying on: %s", self._whom, complaint)
            self._complaint = complaint
        else:
            if self._complaint:
                log.info("the registry answers again")
            self._complaint = None


class Follower:
    """Points at the champion. A failure leaves the pointer as it is."""

    def __init__(self, registry: Champions, bundles: Path) -> None:
        self._registry = registry
        self._bundles = bundles
        self._followed: Named | None = None

    def step(self) -> None:
        """Ask for the champion once; when it has changed, download it and move the pointer. Raises as the registry does."""
        champion = self._registry.champion()
        if champion is None or (champion == self._followed and (self._bundles / NAME).exists()):
            return
        folder = self._registry.download(champion.version, self._bundles)
        self._point(Pointer(version=champion.version, folder=str(folder.absolute())))
        self._followed = champion

    def _point(self, pointer: Pointer) -> None:
        """Write the pointer unless it says the same already, as it does after a restart."""
        with suppress(BundleCorrupt):  # an unreadable pointer is one to replace
            if read_pointer(self._bundles) == pointer:
                return
        write_pointer(self._bundles, pointer)
        log.info("champion is version %s", pointer.version)


def follow(patients: Sequence[Patient], alive: Callable[[], bool], pause: Callable[[], None]) -> None:
    """Let each step, pause, and so on while `alive`."""
    while alive():
        for patient in patients:
            patient.step()
        pause()


def is_parent(process: int) -> bool:
    """Whether a process is there and started this one; the system names another parent once it is gone."""
    return os.getppid() == process


def main() -> None:
    """Follow until the parent is gone."""
    from churn.registry.light import registry_at  # noqa: PLC0415 - tests of the loop need no registry

    logs.configure("warning")  # MLflow's client, where it is needed, is talkative
    log.setLevel(logging.INFO)
    where = settings.load()
    name = sys.argv[1] if len(sys.argv) > 1 else params.load().name
    parent = int(sys.argv[2]) if len(sys.argv) > 2 else os.getppid()
    where.bundles.mkdir(parents=True, exist_ok=True)
    registry = registry_at(where.tracking_uri, name)
    patients = [
        Patient("champion", Follower(registry, where.bundles).step),
        Patient("challenger", ChallengerFollower(registry, where.bundles, Keeper(where.bundles).keep).step),
    ]
    follow(patients, alive=lambda: is_parent(parent), pause=lambda: time.sleep(where.poll_seconds))


if __name__ == "__main__":
    main()
