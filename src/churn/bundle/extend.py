"""Derived columns and pairs (`churn.contract`) as nodes of a graph: the same operations, in the same precision."""

from collections.abc import Callable

import numpy as np

from churn.bundle.writer import Graph
from churn.contract import Derived, Extension, Pairs
from churn.contract.derived import Op, Step


class Extended:
    """The matrix with what each learner's extension adds; what two of them have in common is computed once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._derived: dict[bool, str] = {False: "matrix"}
        self._known: dict[bytes, str] = {}

    def by(self, extension: Extension) -> str:
        """The name of the whole matrix."""
        matrix, pairs = self._with_derived(extension), extension.pairs
        key = matrix.encode() + pairs.key
        if key not in self._known:
            self._known[key] = self._with_pairs(matrix, pairs) if len(pairs) else matrix
        return self._known[key]

    def _with_derived(self, extension: Extension) -> str:
        key = bool(extension.steps)
        if key not in self._derived:
            parts = [self._step(step) for step in extension.steps]
            self._derived[key] = self._graph.add("Concat", "matrix", *parts, axis=1)
        return self._derived[key]

    def _step(self, step: Step) -> str:
        return WRITERS[step.derived.op](self._graph, step.derived, self._graph.columns("matrix", step.at))

    def _with_pairs(self, matrix: str, pairs: Pairs) -> str:
        one, other = (self._holds(matrix, pairs, side) for side in (0, 1))
        return self._graph.add("Concat", matrix, self._graph.number(self._graph.add("Equal", one, other)), axis=1)

    def _holds(self, matrix: str, pairs: Pairs, side: int) -> str:
        """Whether the conditions of one side hold, (n, pairs)."""
        graph, x = self._graph, self._graph.columns(matrix, pairs.columns[:, side].tolist())
        above = graph.add("Greater", x, graph.constant(pairs.low[:, side]))
        within = graph.add("And", above, graph.add("LessOrEqual", x, graph.constant(pairs.high[:, side])))
        unknown = graph.add("And", graph.add("IsNaN", x), graph.constant(pairs.missing[:, side]))
        return graph.add("Or", within, unknown)


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
