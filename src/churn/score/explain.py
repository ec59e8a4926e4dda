"""Why rows of a block have their scores."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from churn.bundle.open import Bundle
from churn.contract import Column, Value
from churn.contract.encode import Matrix
from churn.score.read import Block

TOLD = ("feature", "contribution", "sentence")


def explain(bundle: Bundle, block: Block, matrix: Matrix, rows: Iterable[int], most: int) -> dict[int, list[dict[str, Any]]]:
    """By position in the block, the `most` strongest reasons of some rows, whose encoding is in `matrix`."""
    return {row: [_told(asdict(one)) for one in bundle.reasons(_values(bundle, block, matrix, row), most)] for row in rows}


def _told(reason: dict[str, Any]) -> dict[str, Any]:
    return {name: reason[name] for name in TOLD}


def _values(bundle: Bundle, block: Block, matrix: Matrix, row: int) -> Mapping[str, Value]:
    """A row as a request would bring it."""
    cells = zip(bundle.contract.columns, matrix[row].tolist(), strict=True)
    return {column.name: _value(column, cell, block, row) for column, cell in cells}


def _value(column: Column, cell: float, block: Block, row: int) -> Value:
    if np.isnan(cell):
        return None
    if column.kind == "category":
        known = int(cell) < len(column.levels)
        return column.levels[int(cell)] if known else str(block.batch.column(column.name)[row].as_py())
    return cell if column.kind == "number" else bool(cell)
