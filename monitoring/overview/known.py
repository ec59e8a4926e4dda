"""What the overview is made of, and the first facts that follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from churn.history import CROWNED
from churn.params import Params
from churn.store.tables import Event
from monitoring.figures import Figures
from monitoring.rejected import rejected
from monitoring.retrain import Choice
from monitoring.verdict import Verdict

OF_COLUMNS = {"distribution", "missing", "unseen"}  # kinds of comparison that are about one column


@dataclass(frozen=True)
class Seen:
    """One window as it was judged at `time`; report: the address of its Evidently report, empty if there is none."""

    figures: Figures
    version: str
    state: str
    time: datetime
    report: str = ""


@dataclass(frozen=True)
class Known:
    """Everything that the page tells.

    windows: of every version, oldest first. history: of the model, oldest first. verdict and choice: on the champion's
    newest window, None before there is one. next_look: when monitoring runs again, None if nobody has planned it.
    """

    params: Params
    champion: str
    windows: Sequence[Seen]
    history: Sequence[Event]
    verdict: Verdict | None
    choice: Choice | None
    now: datetime
    next_look: datetime | None = None

    @property
    def newest(self) -> Figures | None:
        """Figures of the champion's newest window."""
        return next((one.figures for one in reversed(self.windows) if one.version == self.champion), None)

    @property
    def live_since(self) -> datetime | None:
        """When the champion was promoted last, or somebody went back to it."""
        crowned = (line for line in reversed(self.history) if line.kind in CROWNED and line.version == self.champion)
        return next((line.time for line in crowned), None)


def standing_out(figures: Figures, rate: float) -> list[str]:
    """Names of the columns that stand out in a window by itself, each once."""
    found = rejected(figures.comparisons, rate, lambda one: one.p_value)
    return list(dict.fromkeys(one.column for one in found if one.kind in OF_COLUMNS))


def between(low: float, high: float, digits: int = 0) -> str:
    """An interval as text."""
    return f"{low:,.{digits}f} to {high:,.{digits}f}"


def moment(time: datetime) -> str:
    """A moment as text."""
    return f"{time:%Y-%m-%d %H:%M} UTC"
