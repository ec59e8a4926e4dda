"""A design (`churn.features.Design`) as nodes of a graph: the same operations, block by block."""

import numpy as np

from churn.bundle.writer import Graph
from churn.features import Design


def design(graph: Graph, of: Design, matrix: str) -> str:
    """Add what a learner sees of `matrix` and return its name, float32 (n, design columns)."""
    blocks = [_values(graph, of, matrix), _encoded(graph, of, matrix), _bends(graph, of, matrix)]
    blocks += _indicators(graph, of, matrix)
    return graph.add("Concat", *[block for block in blocks if block], axis=1)


def _values(graph: Graph, of: Design, matrix: str) -> str | None:
    if not of.value:
        return None
    values = graph.columns(matrix, of.value)
    if not np.isnan(of.fill).all():
        values = graph.unless_missing(values, graph.constant(of.fill))
    shifted = graph.add("Sub", values, graph.constant(of.shift))
    scaled = graph.add("Div", shifted, graph.constant(of.scale))
    if np.isinf(of.high).all():
        return scaled
    return graph.add("Min", graph.add("Max", scaled, graph.constant(of.low)), graph.constant(of.high))


def _encoded(graph: Graph, of: Design, matrix: str) -> str | None:
    if not of.encoded:
        return None
    width = of.tables.shape[1]
    codes = graph.unless_missing(graph.columns(matrix, of.encoded), graph.single(width - 1))
    places = graph.place(graph.bounded(codes, 0, width - 1))
    offsets = graph.constant(np.arange(len(of.encoded), dtype=np.int64) * width)
    return graph.add("Gather", graph.constant(of.tables.ravel()), graph.add("Add", places, offsets), axis=0)


def _bends(graph: Graph, of: Design, matrix: str) -> str | None:
    if not of.bend:
        return None
    beyond = graph.add("Sub", graph.columns(matrix, of.bend), graph.constant(of.knots))
    steps = graph.add("Div", beyond, graph.constant(of.slack))
    forward = graph.add("Max", graph.unless_missing(steps, graph.single(0)), graph.single(0))
    return graph.add("Min", forward, graph.constant(of.far))


def _indicators(graph: Graph, of: Design, matrix: str) -> list[str]:
    found = []
    if of.above:
        found.append(graph.add("Greater", graph.columns(matrix, of.above), graph.constant(of.edges)))
    if of.missing:
        found.append(graph.add("IsNaN", graph.columns(matrix, of.missing)))
    if of.equals:
        found.append(graph.add("Equal", graph.columns(matrix, of.equals), graph.constant(of.codes)))
    return [graph.number(block) for block in found]
