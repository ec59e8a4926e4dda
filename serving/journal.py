"""The prediction log: requests that wait at the same time share one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from anyio import Lock, to_thread

from churn.store import Prediction
from serving.ledger import Ledger


@dataclass
class Entry:
    """The predictions of one request, and what became of writing them."""

    made: Sequence[Prediction]
    written: bool = False
    error: Exception | None = None


class Journal:
    """Writes predictions to the store, one transaction at a time: a database that is asked by many writers makes most wait."""

    def __init__(self, store: Ledger) -> None:
        self._store = store
        self._waiting: list[Entry] = []
        self._turn = Lock()

    async def log(self, made: Sequence[Prediction]) -> None:
        """Return once the predictions are in the store. Raises StoreUnavailable: then none of them is."""
        entry = Entry(made)
        self._waiting.append(entry)
        async with self._turn:
            if not entry.written and entry.error is None:  # nobody wrote it meanwhile: write it with all that wait
                group, self._waiting = self._waiting, []
                await to_thread.run_sync(self._write, group)
        if entry.error is not None:
            raise entry.error

    def _write(self, group: list[Entry]) -> None:
        try:
            self._store.log([prediction for entry in group for prediction in entry.made])
        except Exception as error:  # each request of the group must hear of it
            for entry in group:
                entry.error = error
        else:
            for entry in group:
                entry.written = True
