"""Write a fitted model as one ONNX graph: encoded matrix in, log-odds and calibrated probability out."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from churn.bundle.blocks import design
from churn.bundle.extend import Extended
from churn.bundle.trees import tree_attributes
from churn.bundle.writer import Graph
from churn.model import Member, Model
from churn.model.forest import trees

TREES = 50  # in one operator, which adds in single precision; operators are added in double


def to_onnx(model: Model, features: int) -> bytes:
    """Serialise a model over `features` encoded columns; equal models give equal bytes."""
    graph = Graph()
    rows = Extended(graph)
    scores = [_member(graph, member, rows.by(member.extension)) for member in model.members.values()]
    weighted = [graph.add("Mul", s, graph.constant(np.array(w))) for s, w in zip(scores, model.weights, strict=True)]
    graph.add("Add", graph.add("Sum", *weighted), graph.constant(np.array(model.bias)))
    graph.name_last("log_odds")
    _sigmoid(graph, "log_odds")
    graph.name_last("probability")
    return graph.serialise(features)


def _sigmoid(graph: Graph, log_odds: str) -> None:
    """Probabilities whose bits do not depend on how many rows are scored at once.

    The runtime takes eight numbers at a time and what is left over one by one, which rounds differently: so each is
    there eight times.
    """
    repeated = graph.add(
        "Mul", graph.add("Unsqueeze", log_odds, graph.constant(np.array([1]))), graph.constant(np.ones((1, 8)))
    )
    graph.add("Gather", graph.add("Sigmoid", repeated), graph.constant(np.array(0)), axis=1)


def _member(graph: Graph, member: Member, matrix: str) -> str:
    """Add a learner and return its score, shape (n,), in double precision."""
    seen = design(graph, member.design, matrix)
    if isinstance(member.estimator, LogisticRegression):
        products = graph.add("Mul", graph.double(seen), graph.constant(member.estimator.coef_[0]))
        # A matrix product adds in another order for one row than for many; a row gets the same bits alone and among others.
        total = graph.add("ReduceSum", products, graph.constant(np.array([1])), keepdims=0)
        return graph.add("Add", total, graph.constant(np.array(member.estimator.intercept_[0])))
    nodes, base = trees(member.estimator)
    parts = [_trees(graph, seen, nodes[first : first + TREES]) for first in range(0, len(nodes), TREES)]
    return graph.add("Sum", *parts, graph.constant(np.array(base)))


def _trees(graph: Graph, seen: str, nodes: list[np.ndarray]) -> str:
    found = graph.add("TreeEnsembleRegressor", seen, domain="ai.onnx.ml", **tree_attributes(nodes))
    return graph.double(graph.add("Squeeze", found, graph.constant(np.array([1]))))
