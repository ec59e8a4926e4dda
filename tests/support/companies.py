"""A small contract and yardsticks on it, for tests of monitoring on arrays."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from churn.contract import Column, Contract
from churn.decision import Decision
from monitoring.counts import Block, customer_hashes
from monitoring.yardstick import Matured, Yardstick

CONTRACT = Contract(
    target="left", positive="Yes", id="id", snapshot="month", missing_words=(),
    columns=(
        Column(name="tenure", kind="number", nullable=True, example=1.0),
        Column(name="plan", kind="category", nullable=True, example="month", levels=("month", "year")),
    ),
)  # fmt: skip
DECISION = Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)


def score(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Short tenure and a monthly plan make a churner; the truth of this company."""
    return np.asarray(expit(-1.0 - 0.8 * np.nan_to_num(matrix[:, 0]) + 1.0 * (matrix[:, 1] == 0)), dtype=np.float64)


def rows(count: int, seed: int, first: int = 0) -> Block:
    """Customers of the company as it was, named by numbers from `first` on."""
    random = np.random.default_rng(seed)
    matrix = np.column_stack([random.normal(0, 1, count), random.random(count) < 0.4]).astype(np.float32)
    return Block(matrix, score(matrix), customer_hashes(np.arange(first, first + count)))


def outcomes(block: Block, seed: int, shift: float = 0.0) -> Matured:
    """Who left, as the scores say, or as log-odds higher by a shift do."""
    odds = np.log(block.probability / (1 - block.probability)) + shift
    left = np.random.default_rng(seed).random(len(odds)) < expit(odds)
    return Matured(block, left.astype(np.int64))


def yardstick(**changed: Any) -> Yardstick:
    """What windows of the company are measured against."""
    reference = outcomes(rows(3000, 1, first=10**6), 2)
    return Yardstick(CONTRACT, DECISION, reference, score, 64, **changed)
