"""Write a fitted model as one ONNX graph: encoded matrix in, log-odds and calibrated probability out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

from churn.bundle.trees import tree_attributes
from churn.features import Design
from churn.model import Member, Model

OPSETS = {"": 17, "ai.onnx.ml": 3}
IR_VERSION = 9


class Graph:
    """The nodes and constants of a graph that is being written."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Append a node and return the name of its output."""
        name = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def constant(self, values: npt.NDArray[np.generic]) -> str:
        """Append a constant and return its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def name_last(self, name: str) -> None:
        """Give the output of the newest node its public name."""
        self.nodes[-1].output[0] = name


def to_onnx(model: Model, features: int) -> bytes:
    """Serialise a model over `features` encoded columns; equal models give equal bytes."""
    graph = Graph()
    scores = [_member(graph, member) for member in model.members.values()]
    weighted = [graph.add("Mul", s, graph.constant(np.array(w))) for s, w in zip(scores, model.weights, strict=True)]
    graph.add("Add", graph.add("Sum", *weighted), graph.constant(np.array(model.bias)))
    graph.name_last("log_odds")
    graph.add("Sigmoid", "log_odds")
    graph.name_last("probability")
    return _serialise(graph, features)


def _serialise(graph: Graph, features: int) -> bytes:
    inputs = [helper.make_tensor_value_info("matrix", TensorProto.FLOAT, [None, features])]
    outputs = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None]) for name in ("log_odds", "probability")]
    body = helper.make_graph(graph.nodes, "churn", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION, producer_name="churn")
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _member(graph: Graph, member: Member) -> str:
    """Add a learner and return its log-odds, shape (n,), in double precision."""
    matrix = _design(graph, member.design)
    if isinstance(member.estimator, LogisticRegression):
        wide = graph.add("Cast", matrix, to=TensorProto.DOUBLE)
        product = graph.add("MatMul", wide, graph.constant(member.estimator.coef_[0]))
        return graph.add("Add", product, graph.constant(np.array(member.estimator.intercept_[0])))
    trees = graph.add("TreeEnsembleRegressor", matrix, domain="ai.onnx.ml", **tree_attributes(member.estimator))
    flat = graph.add("Squeeze", trees, graph.constant(np.array([1])))
    return graph.add("Cast", flat, to=TensorProto.DOUBLE)


def _design(graph: Graph, design: Design) -> str:
    blocks = [block for block in (_values(graph, design), *_indicators(graph, design)) if block]
    return graph.add("Concat", *blocks, axis=1)


def _values(graph: Graph, design: Design) -> str | None:
    if not design.value:
        return None
    values = _columns(graph, design.value)
    if not np.isnan(design.fill).all():
        values = graph.add("Where", graph.add("IsNaN", values), graph.constant(design.fill), values)
    shifted = graph.add("Sub", values, graph.constant(design.shift))
    scaled = graph.add("Div", shifted, graph.constant(design.scale))
    if np.isinf(design.limit):
        return scaled
    bounds = [graph.constant(np.array(bound, dtype=np.float32)) for bound in (-design.limit, design.limit)]
    return graph.add("Clip", scaled, *bounds)


def _indicators(graph: Graph, design: Design) -> list[str]:
    found = []
    if design.above:
        found.append(graph.add("Greater", _columns(graph, design.above), graph.constant(design.edges)))
    if design.missing:
        found.append(graph.add("IsNaN", _columns(graph, design.missing)))
    if design.equals:
        found.append(graph.add("Equal", _columns(graph, design.equals), graph.constant(design.codes)))
    return [graph.add("Cast", block, to=TensorProto.FLOAT) for block in found]


def _columns(graph: Graph, positions: Sequence[int]) -> str:
    return graph.add("Gather", "matrix", graph.constant(np.asarray(positions, dtype=np.int64)), axis=1)
