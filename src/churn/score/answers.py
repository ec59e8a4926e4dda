"""What becomes of a block of rows: a table of scores, and the rows that cannot be scored with the reason for each."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from churn.bundle.open import Bundle
from churn.contract import unseen
from churn.contract.encode import Matrix, as_text
from churn.rollout.share import CONTROL, place
from churn.score.explain import explain
from churn.score.matrix import Refusal, encoded
from churn.score.plan import Asked
from churn.score.read import Block

TOGETHER = 4096  # rows that the graph scores at once: what it computes stays near the processor
REASONS = pa.list_(pa.struct([("feature", pa.string()), ("contribution", pa.float64()), ("sentence", pa.string())]))


class Rejected(NamedTuple):
    """A row that cannot be scored; `row` is its position in the file, from 0, `id` its customer where one is known."""

    file: str
    row: int
    id: str
    reason: str


@dataclass(frozen=True)
class Answered:
    """scores: the rows that could be scored. unseen: how many of their cells hold a category that training never saw."""

    scores: pa.Table
    rejected: list[Rejected]
    unseen: int


def answer(bundle: Bundle, asked: Asked, block: Block, file: str) -> Answered:
    """Score a block of rows of a file."""
    matrix, sound, wrong = split(bundle, block)
    rejected = [_rejected(bundle, block, file, row, reasons) for row, reasons in sorted(wrong.items())]
    return Answered(_table(bundle, asked, sound, matrix), rejected, unseen(bundle.contract, matrix))


def split(bundle: Bundle, block: Block) -> tuple[Matrix, Block, dict[int, list[str]]]:
    """The rows that can be scored, encoded and as they came, and by position in the block why others cannot."""
    matrix, refusals = encoded(bundle.contract, block.batch)
    wrong = _by_row([*block.refusals, *refusals])
    if not wrong:
        return matrix, block, wrong
    good = np.setdiff1d(np.arange(len(matrix)), list(wrong))
    return matrix[good], Block(block.batch.take(pa.array(good)), block.places[good]), wrong


def _table(bundle: Bundle, asked: Asked, block: Block, matrix: Matrix) -> pa.Table:
    contract, batch = bundle.contract, block.batch
    labels = [name for name in (contract.id, contract.snapshot) if name and name in batch.schema.names]
    columns = {name: _plain(batch.column(name)) for name in dict.fromkeys([*labels, *asked.keep])}
    if not contract.id or contract.id not in columns:
        columns = {"row": pa.array(block.places)} | columns
    probability = _probability(bundle, matrix)
    control = _control(bundle, columns.get(contract.id or ""), len(matrix))
    contact = bundle.decision.contact(probability) & ~control
    columns |= {"probability": pa.array(probability), "contact": pa.array(contact), "control_group": pa.array(control)}
    if asked.reasons:
        columns["reasons"] = _reasons(bundle, asked.reasons, block, matrix, contact)
    for name, value in (("model_version", asked.version), ("data_hash", bundle.data_hash)):
        columns[name] = _constant(value, len(matrix))
    return pa.table(columns)


def _probability(bundle: Bundle, matrix: Matrix) -> Any:
    parts = [bundle.score_matrix(matrix[start : start + TOGETHER]) for start in range(0, len(matrix), TOGETHER)]
    return np.concatenate([np.empty(0), *parts])


def _control(bundle: Bundle, customers: pa.Array | None, rows: int) -> Any:
    """Who is never contacted, as the server marks them: by the id alone, so nobody in a table without ids."""
    if not bundle.control or customers is None:
        return np.zeros(rows, dtype=bool)
    return np.array([place(_named(customer), CONTROL) < bundle.control for customer in customers.to_pylist()], dtype=bool)


def _named(customer: object) -> str:
    """As a caller of the server names a customer: an id that a table keeps as a decimal number is a whole one."""
    return as_text(customer) if isinstance(customer, float) else str(customer)


def _reasons(bundle: Bundle, most: int, block: Block, matrix: Matrix, contact: Any) -> pa.Array:
    """The strongest reasons of each row that is to be contacted; none for the others."""
    found = explain(bundle, block, matrix, np.flatnonzero(contact).tolist(), most)
    return pa.array([found.get(row) for row in range(len(matrix))], REASONS)


def _by_row(refusals: list[Refusal]) -> dict[int, list[str]]:
    found = defaultdict(list)
    for refusal in refusals:
        for row, reason in zip(refusal.rows.tolist(), refusal.reasons, strict=True):
            found[row].append(reason)
    return found


def _rejected(bundle: Bundle, block: Block, file: str, row: int, reasons: list[str]) -> Rejected:
    name = bundle.contract.id
    known = name and name in block.batch.schema.names
    return Rejected(
        file, int(block.places[row]), str(block.batch.column(name)[row].as_py()) if known else "", "; ".join(reasons)
    )


def _plain(values: pa.Array) -> pa.Array:
    """A column that was read as codes and distinct values, as values: each part of a result has the same schema."""
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def _constant(value: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([value]))
