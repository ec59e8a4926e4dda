"""Keep the slot at the champion that the pointer names."""

import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from anyio import sleep, to_thread

from churn.bundle.open import open_bundle
from churn.contract.compatibility import refusals
from churn.errors import ChurnError, ContractChanged
from serving.pointer import NAME, read_pointer, written
from serving.slot import Failure, Live, ModelSlot

log = logging.getLogger(__name__)

RETRY_SECONDS = 30


def require_compatible(live: Live | None, challenger: Live) -> None:
    """Raise ContractChanged if callers of the live model would be refused by its challenger; without one all may come."""
    found = refusals(live.bundle.contract, challenger.bundle.contract) if live else []
    if live and found:
        raise ContractChanged(
            f"version {challenger.version} would refuse requests that version {live.version} takes: {'; '.join(found)}. "
            "Tell the callers, then stop the server, run `churn deploy` and start it: a server that starts takes any champion"
        )


class Watcher:
    """Keeps a slot at the champion that the pointer names, unless its contract would refuse today's requests.

    tell: called when that has changed the slot.
    """

    def __init__(self, slot: ModelSlot, bundles: Path, tell: Callable[[], object] = lambda: None) -> None:
        self._slot = slot
        self._bundles = bundles
        self._tell = tell
        self._seen: tuple[int, int] | None = None
        self._again = 0.0

    def check(self) -> None:
        """Load the champion if the pointer was written since the last check; a failure keeps the live model.

        A champion that could not be loaded is tried again when the pointer is written again, and every half minute.
        """
        found = written(self._bundles / NAME)
        if found is None or (found == self._seen and not self._due()):
            return
        self._seen = found
        version = "unknown"
        try:
            pointer = read_pointer(self._bundles)
            version = pointer.version
            challenger = Live.of(version, open_bundle(self._bundles / pointer.folder))
            require_compatible(self._slot.live, challenger)
            self._slot.swap(challenger)
        except ChurnError as error:
            self._refuse(version, str(error))
        except Exception as error:  # whatever a new model breaks, the old one must go on serving
            log.exception("loading champion %s failed unexpectedly", version)
            self._refuse(version, f"unexpected {type(error).__name__}; the server's log tells more")
        else:
            log.info("champion %s is live", version)
        self._tell()

    async def watch(self, every: float) -> None:
        """Check for ever, each `every` seconds."""
        while True:
            await sleep(every)
            await to_thread.run_sync(self.check)

    def _refuse(self, version: str, reason: str) -> None:
        log.error("champion %s was not loaded, the live model stays: %s", version, reason)
        self._slot.refuse(Failure(version, reason))
        self._again = monotonic() + RETRY_SECONDS

    def _due(self) -> bool:
        """Whether the last load failed long enough ago to try once more."""
        return self._slot.failure is not None and monotonic() >= self._again
