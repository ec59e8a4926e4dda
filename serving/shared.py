"""A model slot that workers share: one that is started later begins with the model that the others serve.

A champion that the others refused, since its contract would refuse today's requests, is then refused by it as well.
"""

import logging
from contextlib import suppress
from pathlib import Path

from churn.bundle.open import open_bundle
from churn.errors import BundleCorrupt
from serving.pointer import NAME, Pointer, read_pointer, write_pointer
from serving.slot import Live, ModelSlot

log = logging.getLogger(__name__)


class SharedSlot(ModelSlot):
    """Keeps a pointer to the live model in `folder`, which is empty when the first worker starts."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        if (folder / NAME).exists():
            with suppress(BundleCorrupt):  # then it takes any champion, as the first worker did
                self._begin(read_pointer(folder))

    def swap(self, live: Live) -> None:
        """Make a model the live one, here and in workers to come."""
        super().swap(live)
        write_pointer(self._folder, Pointer(version=live.version, folder=str(live.bundle.folder)))

    def _begin(self, pointer: Pointer) -> None:
        super().swap(Live.of(pointer.version, open_bundle(Path(pointer.folder))))
        log.info("version %s is live, as in the other workers", pointer.version)
