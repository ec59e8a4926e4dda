"""The champion pointer: a small file by which the follower tells the server which bundle to serve."""

import logging
import tempfile
from pathlib import Path
from time import monotonic

from anyio import sleep, to_thread
from pydantic import BaseModel, ConfigDict, ValidationError

from churn.bundle.open import open_bundle
from churn.contract.compatibility import refusals
from churn.errors import BundleCorrupt, ChurnError, ContractChanged
from serving.slot import Failure, Live, ModelSlot

NAME = "champion.json"

log = logging.getLogger(__name__)


class Pointer(BaseModel):
    """Which version is champion, and its bundle folder, absolute or relative to the folder of the pointer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    folder: str


def write_pointer(bundles: Path, pointer: Pointer) -> None:
    """Replace the pointer; a reader sees the old one or the new one, whole."""
    with tempfile.NamedTemporaryFile("w", dir=bundles, prefix=NAME, delete=False, encoding="utf-8") as beside:
        beside.write(pointer.model_dump_json())
    Path(beside.name).replace(bundles / NAME)


def read_pointer(bundles: Path) -> Pointer:
    """Read the pointer. Raises BundleCorrupt if it is not one."""
    path = bundles / NAME
    try:
        return Pointer.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleCorrupt(f"{path} is not a champion pointer; delete it, the follower writes it again") from error


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
    """Keeps a slot at the champion that the pointer names, unless its contract would refuse today's requests."""

    def __init__(self, slot: ModelSlot, bundles: Path) -> None:
        self._slot = slot
        self._bundles = bundles
        self._seen: tuple[int, int] | None = None
        self._again = 0.0

    def check(self) -> None:
        """Load the champion if the pointer was written since the last check; a failure keeps the live model.

        A champion that could not be loaded is tried again when the pointer is written again, and every half minute.
        """
        written = self._written()
        if written is None or (written == self._seen and not self._due()):
            return
        self._seen = written
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

    def _written(self) -> tuple[int, int] | None:
        """When the pointer was written, None while there is none; replacing a file always changes this."""
        try:
            stat = (self._bundles / NAME).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino
