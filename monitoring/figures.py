"""The figures of one window. They go through JSON unchanged, which is how the store keeps them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from monitoring.counts import Counts

FORM = 2  # of the JSON; figures of another form are not read
INTERVALS = ("estimate", "worth")
Kind = Literal["distribution", "missing", "unseen", "prediction", "together"]
Fault = Literal["missing", "unit", "renamed", "lost", "constant", "repeated", "absent"]


@dataclass(frozen=True)
class Comparison:
    """One two-sample test of a column, reference (`before`) against window (`after`).

    kind: distribution of its values, share of missing values, share of levels never seen in training, distribution of
    the predicted probability, or all columns together. p_value: of this window alone. joined: of the newest windows as
    one, None while there are too few. before and after: a mean, a standard deviation or a share, as `effect` tells in
    words. impact: how far the change moves the predicted probability, on average over customers.
    """

    column: str
    kind: Kind
    p_value: float
    before: float
    after: float
    effect: str
    joined: float | None = None
    impact: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same from window to window."""
        return (self.kind, self.column)


@dataclass(frozen=True)
class Sign:
    """Something that a broken feed would show: a share, a ratio or a number of rows, before and after."""

    fault: Fault
    column: str
    before: float
    after: float
    p_value: float
    effect: str


@dataclass(frozen=True)
class Interval:
    """A figure with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Promise:
    """A figure on known outcomes beside what the bundle promised; p_value: that the promise is kept within the margin.

    figure: auc, calibration (observed minus predicted rate) or profit (per 1,000 customers, observed minus expected
    of the predictions). segment: of whom, empty for all.
    """

    figure: Literal["auc", "calibration", "profit"]
    segment: str
    live: Interval
    promised: Interval
    p_value: float


@dataclass(frozen=True)
class Segment:
    """One level of a column in the window: its rows, what was predicted, and how many of the known outcomes left."""

    column: str
    level: str
    rows: int
    predicted: float
    outcomes: int
    observed: float | None


@dataclass(frozen=True)
class Figures:
    """What is known about one window.

    rows: predictions in the window, before any sampling. noise: how far the mean predicted probability of such a window
    lies from that of the reference by chance (a standard error). outcomes: how many have matured. looks: at how many
    sets of outcomes of this version anybody has looked, this one included. promises: on the newest outcomes. estimate:
    AUC that the predictions themselves let expect, blind to a change of behaviour. worth: profit that they let expect of
    the window, in currency units. counts: of its columns.
    complete: whether the window had ended.
    """

    snapshot: str
    rows: int
    comparisons: tuple[Comparison, ...] = ()
    signs: tuple[Sign, ...] = ()
    noise: float = 0.0
    outcomes: int = 0
    looks: int = 0
    promises: tuple[Promise, ...] = ()
    estimate: Interval | None = None
    segments: tuple[Segment, ...] = ()
    counts: Counts | None = None
    complete: bool = False
    worth: Interval | None = None

    def promise(self, figure: str) -> Promise | None:
        """The promise about a figure of all customers."""
        return next((one for one in self.promises if (one.figure, one.segment) == (figure, "")), None)

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, text and numbers."""
        record = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("comparisons", "signs", "promises", "segments"):
            record[name] = [asdict(one) for one in record[name]]
        for name in INTERVALS:
            record[name] = getattr(self, name) and asdict(getattr(self, name))
        record["counts"] = self.counts and self.counts.to_json()
        return record | {"form": FORM}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self | None:
        """The inverse of `to_json`; None for figures of another form. Raises TypeError when a key is unknown or absent."""
        if record.get("form") != FORM:
            return None
        values = {name: value for name, value in record.items() if name != "form"}
        parts: dict[str, Callable[..., Any]] = {
            "comparisons": Comparison,
            "signs": Sign,
            "segments": Segment,
            "promises": _promise,
        }
        made = {name: tuple(make(**one) for one in values[name]) for name, make in parts.items()}
        intervals = {name: Interval(**values[name]) for name in INTERVALS if values.get(name)}
        counts = values["counts"] and Counts.from_json(values["counts"])
        return cls(**values | made | intervals | {"counts": counts})


def _promise(live: dict[str, float], promised: dict[str, float], **rest: Any) -> Promise:
    return Promise(live=Interval(**live), promised=Interval(**promised), **rest)
