"""Keep the slot's challenger at what the challenger's file says, unless it was withdrawn."""

import logging
from pathlib import Path

from anyio import sleep, to_thread

from churn.bundle.open import open_bundle
from churn.errors import ChurnError
from serving.challenger.canary import Canary
from serving.challenger.model import Challenger
from serving.challenger.pointer import TARGET, WITHDRAWN, Target, read_target, read_withdrawal
from serving.champion import require_compatible
from serving.pointer import written
from serving.slot import Live, ModelSlot

log = logging.getLogger(__name__)

Seen = tuple[tuple[int, int] | None, ...]


class ChallengerWatcher:
    """Loads canaries into a slot, whose live model they must not contradict; what cannot be loaded is withdrawn."""

    def __init__(self, slot: ModelSlot, bundles: Path, canary: Canary) -> None:
        self._slot, self._bundles, self._canary = slot, bundles, canary
        self._seen: Seen = (None, None)

    def check(self) -> None:
        """Look once; files that are as they were cost two looks at the disk."""
        seen = (written(self._bundles / TARGET), written(self._bundles / WITHDRAWN))
        if seen == self._seen:
            return
        self._seen = seen
        try:
            target, gone = read_target(self._bundles), read_withdrawal(self._bundles)
        except ChurnError as error:
            log.warning("no challenger is served: %s", error)
            self._slot.challenger = None
            return
        wanted = target if target and target.plan.mode == "canary" and not (gone and gone.version == target.version) else None
        self._slot.challenger = self._load(wanted) if wanted else None

    async def watch(self, every: float) -> None:
        """Check for ever, each `every` seconds."""
        while True:
            await sleep(every)
            await to_thread.run_sync(self.check)
            await to_thread.run_sync(self._canary.tell_history)

    def _load(self, target: Target) -> Challenger | None:
        try:
            live = Live.of(target.version, open_bundle(Path(target.folder)))
            require_compatible(self._slot.live, live)
        except Exception as error:  # whatever it breaks, the live model goes on serving
            self._canary.withdraw(target.version, f"it could not be loaded: {' '.join(str(error).split())[:200]}")
            return None
        log.info("challenger %s answers %g of the customers", target.version, target.plan.share)
        return Challenger(live, target.plan)
