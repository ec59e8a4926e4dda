"""The slot that holds the live model, and what went wrong when another one should have entered it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self

from churn.bundle.open import Bundle
from churn.errors import NoModel
from churn.store.tables import now
from serving.forms import Form

if TYPE_CHECKING:
    from serving.challenger.model import Challenger


@dataclass(frozen=True)
class Live:
    """One model with everything that belongs to it; a request takes it once, so its answer never mixes two."""

    version: str
    bundle: Bundle
    form: Form
    loaded_at: datetime = field(default_factory=now)

    @classmethod
    def of(cls, version: str, bundle: Bundle) -> Self:
        """Prepare a bundle for requests."""
        return cls(version, bundle, Form.of(bundle.contract))


@dataclass(frozen=True)
class Failure:
    """A champion that could not be loaded."""

    version: str
    reason: str
    time: datetime = field(default_factory=now)


class ModelSlot:
    """Holds the live model, if any, the failure since it was loaded, if any, and the canary, if there is one."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self.challenger: Challenger | None = None
        self.failure: Failure | None = None
        self.failures = 0

    @property
    def live(self) -> Live | None:
        """The live model, None while there is none."""
        return self._live

    def current(self) -> Live:
        """The live model. Raises NoModel while there is none."""
        live = self._live
        if live is None:
            cause = f" (the last load failed: {self.failure.reason})" if self.failure else ""
            raise NoModel(f"no champion is loaded; run `churn deploy`{cause}")
        return live

    def swap(self, live: Live) -> None:
        """Make a model the live one. Requests already running keep the model they took."""
        self._live = live
        self.failure = None

    def refuse(self, failure: Failure) -> None:
        """Keep the live model and remember why its successor was refused."""
        self.failure = failure
        self.failures += 1
