"""What the gate is told of those who compete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn.decision import Decision as Costs

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Groups = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]
UNKNOWN = float("nan")


@dataclass(frozen=True)
class Rows:
    """Customers that no contestant has learned from: outcomes (n,), equal `customer` (n,) for rows of one customer.

    segments: by name, which rows (n,) belong to a part of the customers.
    """

    label: Labels
    customer: Groups
    segments: Mapping[str, Booleans]


@dataclass(frozen=True)
class Contestant:
    """A model: its probabilities (n,) for the rows, the milliseconds of CPU that one answer takes it, and its megabytes."""

    probability: Floats
    milliseconds: float = UNKNOWN
    megabytes: float = UNKNOWN


@dataclass(frozen=True)
class Group:
    """A protected group of customers, and how far figures of it are from those of all others: (value, low, high).

    reached: share of churners that is contacted (equal opportunity: Hardt, Price and Srebro, 2016). calibration: observed
    less predicted rate.
    """

    name: str
    reached: tuple[float, float, float]
    calibration: tuple[float, float, float]


@dataclass(frozen=True)
class Rule:
    """The best one-line rule. gain: profit per 1,000 of the candidate less that of the rule, (value, low, high).

    ceiling: profit per 1,000 of whoever knew the future.
    """

    sentence: str
    gain: tuple[float, float, float]
    ceiling: float


@dataclass(frozen=True)
class Candidate:
    """The contestant that wants to be champion, with everything that only it is asked.

    export_error: largest difference between its graph and the training library. refusals: requests that are taken today
    and that it would refuse. broken: snapshots that it was made of and that monitoring called broken. newer and older:
    whether its newest data are newer or older than the champion's. age_days: of its newest data. rule: None if it is a
    rule itself.
    """

    scores: Contestant
    rows: Rows
    costs: Costs
    export_error: float = UNKNOWN
    groups: Sequence[Group] = ()
    rule: Rule | None = None
    refusals: Sequence[str] = ()
    broken: Sequence[str] = ()
    newer: bool = False
    older: bool = False
    age_days: float = UNKNOWN
