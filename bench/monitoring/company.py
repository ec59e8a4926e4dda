"""A company of twenty columns that are independent and whose churn is known, for cells of known power."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from churn.contract import Column, Contract
from churn.decision import Decision
from churn.params import Params
from monitoring.counts import Block, Floats, customer_hashes
from monitoring.yardstick import Matured, Yardstick

NUMBERS, CATEGORIES, FLAGS = 14, 4, 2
LEVELS = ("a", "b", "c", "d", "e")
SHARES = (0.35, 0.25, 0.2, 0.12, 0.08)
WEIGHTS = np.linspace(0.9, 0.2, NUMBERS) * np.where(np.arange(NUMBERS) % 2, -0.5, 0.5)
REFERENCE = 3000

Matrix = npt.NDArray[np.float32]


def contract() -> Contract:
    """Fourteen numbers, four categories, two flags; any may be missing."""
    numbers = [Column(name=f"number {i}", kind="number", nullable=True, example=None) for i in range(NUMBERS)]
    texts = [Column(name=f"text {i}", kind="category", nullable=True, example=None, levels=LEVELS) for i in range(CATEGORIES)]
    flags = [Column(name=f"flag {i}", kind="boolean", nullable=True, example=None) for i in range(FLAGS)]
    columns = (*numbers, *texts, *flags)
    return Contract(target="left", positive="Yes", id="id", snapshot="month", missing_words=(), columns=columns)


def score(matrix: Matrix) -> Floats:
    """The true probability, which is also the model's."""
    known = np.nan_to_num(matrix[:, :NUMBERS].astype(np.float64))
    return np.asarray(expit(-1.9 + known @ WEIGHTS + 0.5 * (matrix[:, NUMBERS] == 0)))


def customers(random: np.random.Generator, count: int) -> Matrix:
    """Encoded rows (count, 20), each customer new; one number and one category lack a tenth of their values."""
    numbers = random.normal(0, 1, (count, NUMBERS))
    texts = random.choice(len(LEVELS), (count, CATEGORIES), p=SHARES)
    flags = random.random((count, FLAGS)) < 0.4
    matrix = np.column_stack([numbers, texts, flags]).astype(np.float32)
    for column in (0, NUMBERS):
        matrix[random.random(count) < 0.1, column] = np.nan
    return matrix


def block(random: np.random.Generator, matrix: Matrix) -> Block:
    """Rows of customers whom nobody has seen before."""
    return Block(matrix, score(matrix), customer_hashes(random.integers(0, 2**62, len(matrix))))


def matured(random: np.random.Generator, rows: Block) -> Matured:
    """Rows with what became of them."""
    return Matured(rows, (random.random(len(rows.probability)) < rows.probability).astype(np.int64))


def yardstick(random: np.random.Generator, params: Params) -> Yardstick:
    """The reference of the company."""
    known = matured(random, block(random, customers(random, REFERENCE)))
    seed = int(random.integers(2**31))
    return Yardstick(contract(), Decision.of(params.problem), known, score, params.monitoring.bins, seed=seed)
