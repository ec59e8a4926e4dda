"""The derived columns that params.yaml declares, described for the contract."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from churn.contract import Column, Contract, Derived, Extension
from churn.contract.derived import Op
from churn.contract.encode import Matrix
from churn.errors import ParamsError
from churn.params import Features

FEWEST = 2  # columns that are worth counting


def declare(contract: Contract, matrix: Matrix, features: Features) -> Contract:
    """The contract with its derived columns, as seen in `matrix`, encoded training rows (n, columns).

    Raises ParamsError for an input that is no column, or not of the kind that the operation takes.
    """
    columns = {column.name: column for column in contract.columns}
    found = [*_pairs(columns, features), *_bins(columns, features), *_crosses(contract, matrix, features)]
    if features.from_contract:
        found += _counts(contract)
    for one in found:
        if one.name in columns:
            raise ParamsError(f"params.yaml: features: '{one.name}' is the name of a column; choose another")
    declared = contract.model_copy(update={"derived": tuple(found)})
    return declared.model_copy(update={"derived": tuple(_seen(declared, matrix))})


def _pairs(columns: dict[str, Column], features: Features) -> Iterator[Derived]:
    ops: dict[Op, dict[str, tuple[str, str]]] = {
        "ratio": features.ratios, "rate": features.rates,
        "difference": features.differences, "product": features.products,
    }  # fmt: skip
    for op, declared in ops.items():
        for name, inputs in declared.items():
            _demand(columns, name, inputs, ("number", "boolean"))
            yield _derived(name, op, inputs)


def _bins(columns: dict[str, Column], features: Features) -> Iterator[Derived]:
    for name, bins in features.bins.items():
        _demand(columns, name, (bins.column,), ("number",))
        edges = tuple(sorted(bins.edges))
        levels = [f"up to {edges[0]:g}", *(f"{a:g} to {b:g}" for a, b in pairwise(edges))]
        yield Derived(
            name=name, kind="category", nullable=True, example=None, op="bin", inputs=(bins.column,), edges=edges,
            levels=(*levels, f"above {edges[-1]:g}"),
        )  # fmt: skip


def _crosses(contract: Contract, matrix: Matrix, features: Features) -> Iterator[Derived]:
    columns = {column.name: column for column in contract.columns}
    for name, inputs in features.crosses.items():
        _demand(columns, name, inputs, ("category",))
        one, other = (columns[part].levels for part in inputs)
        places = [contract.features.index(part) for part in inputs]
        width = len(other) + 1
        pairs = matrix[:, places[0]] * np.float32(width) + matrix[:, places[1]]
        known = (matrix[:, places] < [len(one), len(other)]).all(axis=1)
        seen = np.unique(pairs[known]).astype(int).tolist()
        table = np.full((len(one) + 1) * width, len(seen), dtype=int)
        table[seen] = np.arange(len(seen))
        yield Derived(
            name=name, kind="category", nullable=True, example=None, op="cross", inputs=inputs, width=width,
            table=tuple(table.tolist()), levels=tuple(f"{one[pair // width]}, {other[pair % width]}" for pair in seen),
        )  # fmt: skip


def _counts(contract: Contract) -> list[Derived]:
    """How many values are missing, and how many of the booleans are true, where there are enough of them to count."""
    nullable = tuple(column.name for column in contract.columns if column.nullable)
    flags = tuple(column.name for column in contract.columns if column.kind == "boolean")
    counts: list[tuple[str, Op, tuple[str, ...]]] = [("values not known", "missing", nullable), ("options held", "held", flags)]
    return [_derived(name, op, inputs) for name, op, inputs in counts if len(inputs) >= FEWEST]


def _derived(name: str, op: Op, inputs: tuple[str, ...]) -> Derived:
    return Derived(name=name, kind="number", nullable=True, example=None, op=op, inputs=inputs)


def _seen(contract: Contract, matrix: Matrix) -> Iterator[Derived]:
    """The derived columns with their range and what is usual, as in `matrix`."""
    for step in Extension.of(contract).steps:
        values = step.of(matrix)
        known = values[~np.isnan(values)].astype(np.float64)
        nullable = len(known) < len(values)
        if step.derived.kind == "category" or not len(known):
            yield step.derived.model_copy(update={"nullable": nullable})
            continue
        low, middle, high = (float(v) for v in np.quantile(known, [0, 0.5, 1], method="nearest"))
        yield step.derived.model_copy(update={"nullable": nullable, "example": middle, "minimum": low, "maximum": high})


def _demand(columns: dict[str, Column], name: str, inputs: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    for part in inputs:
        if part not in columns:
            raise ParamsError(f"params.yaml: features: '{name}' is made of '{part}', which is no column to predict from")
        if columns[part].kind not in kinds:
            kind = columns[part].kind
            raise ParamsError(f"params.yaml: features: '{name}' takes a {' or '.join(kinds)}, but '{part}' is a {kind}")
