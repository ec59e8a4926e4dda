"""The figures of one window. They go through JSON unchanged, which is how the store keeps them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Kind = Literal["distribution", "missing", "unseen", "prediction"]


@dataclass(frozen=True)
class Comparison:
    """One two-sample test of a column, reference (`before`) against window (`after`).

    kind: distribution of its values, share of missing values, share of levels never seen in training, or
    distribution of the predicted probability. before and after: a mean, a standard deviation or a share, as
    `effect` tells in words.
    """

    column: str
    kind: Kind
    p_value: float
    before: float
    after: float
    effect: str

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same from window to window."""
        return (self.kind, self.column)


@dataclass(frozen=True)
class Interval:
    """A figure with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Calibration:
    """Mean predicted probability and observed rate of the same rows."""

    predicted: float
    observed: float


@dataclass(frozen=True)
class Figures:
    """What is known about one window.

    rows: predictions in the window, before any sampling. outcomes: how many outcomes have matured.
    live_auc: AUC on them, None while they have one class. promised_auc: AUC of the model on its reference rows.
    """

    snapshot: str
    rows: int
    comparisons: tuple[Comparison, ...] = ()
    outcomes: int = 0
    live_auc: Interval | None = None
    promised_auc: Interval | None = None
    calibration: Calibration | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, text and numbers."""
        return asdict(self) | {"comparisons": [asdict(comparison) for comparison in self.comparisons]}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`. Raises TypeError when a key is unknown or absent."""
        return cls(
            **dict(record)
            | {
                "comparisons": tuple(Comparison(**comparison) for comparison in record["comparisons"]),
                "live_auc": record["live_auc"] and Interval(**record["live_auc"]),
                "promised_auc": record["promised_auc"] and Interval(**record["promised_auc"]),
                "calibration": record["calibration"] and Calibration(**record["calibration"]),
            }
        )
