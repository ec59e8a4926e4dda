"""Derived columns (`churn.contract.derived`) as nodes of a graph: the same operations, in the same precision."""

from collections.abc import Callable

import numpy as np

from churn.bundle.writer import Graph
from churn.contract import Derived, Extension
from churn.contract.derived import Op


def extended(graph: Graph, extension: Extension) -> str:
    """Add the derived columns and return the name of the whole matrix."""
    if not extension.steps:
        return "matrix"
    parts = [WRITERS[step.derived.op](graph, step.derived, graph.columns("matrix", step.at)) for step in extension.steps]
    return graph.add("Concat", "matrix", *parts, axis=1)


def _ratio(graph: Graph, _: Derived, x: str) -> str:
    return _finite(graph, graph.add("Div", *_both(graph, x)))


def _rate(graph: Graph, _: Derived, x: str) -> str:
    first, second = _both(graph, x)
    one = graph.single(1)
    return _finite(graph, graph.add("Div", first, graph.add("Where", graph.add("Less", second, one), one, second)))


def _difference(graph: Graph, _: Derived, x: str) -> str:
    return _finite(graph, graph.add("Sub", *_both(graph, x)))


def _product(graph: Graph, _: Derived, x: str) -> str:
    return _finite(graph, graph.add("Mul", *_both(graph, x)))


def _finite(graph: Graph, x: str) -> str:
    within = graph.add("Less", graph.add("Abs", x), graph.single(np.inf))
    return graph.add("Where", within, x, graph.single(np.nan))


def _bin(graph: Graph, derived: Derived, x: str) -> str:
    edges = graph.constant(np.array(derived.edges, dtype=np.float32))
    return _known(graph, x, _counted(graph, graph.add("Greater", x, edges)))


def _cross(graph: Graph, derived: Derived, x: str) -> str:
    first, second = _both(graph, x)
    pair = graph.add("Add", graph.add("Mul", first, graph.single(derived.width)), second)
    table = np.array(derived.table, dtype=np.float32)
    place = graph.place(graph.bounded(graph.unless_missing(pair, graph.single(0)), 0, len(table) - 1))
    return _known(graph, pair, graph.add("Gather", graph.constant(table), place, axis=0))


def _missing(graph: Graph, _: Derived, x: str) -> str:
    return _counted(graph, graph.add("IsNaN", x))


def _held(graph: Graph, _: Derived, x: str) -> str:
    return _counted(graph, graph.add("Greater", x, graph.single(0)))


def _both(graph: Graph, x: str) -> tuple[str, str]:
    return graph.columns(x, [0]), graph.columns(x, [1])


def _counted(graph: Graph, flags: str) -> str:
    """How many of each row hold, float32 (n, 1)."""
    return graph.add("ReduceSum", graph.number(flags), graph.constant(np.array([1])), keepdims=1)


def _known(graph: Graph, source: str, result: str) -> str:
    """The result, missing where its source is."""
    return graph.add("Where", graph.add("IsNaN", source), graph.single(np.nan), result)


WRITERS: dict[Op, Callable[[Graph, Derived, str], str]] = {
    "ratio": _ratio, "rate": _rate, "difference": _difference, "product": _product,
    "bin": _bin, "cross": _cross, "missing": _missing, "held": _held,
}  # fmt: skip
