"""The nodes and constants of an ONNX graph that is being written."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSETS = {"": 17, "ai.onnx.ml": 3}
IR_VERSION = 9
FEW = 4  # columns


class Graph:
    """A graph from `matrix`, float32 (n, features), to `log_odds` and `probability`, double (n,)."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._columnwise: dict[str, str] = {}

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

    def single(self, value: float) -> str:
        """Append a float32 number."""
        return self.constant(np.array(value, dtype=np.float32))

    def columns(self, source: str, positions: Sequence[int]) -> str:
        """Some columns of a matrix.

        Many are taken where each lies in one piece, for the runtime gathers columns cell by cell, which cost a quarter of all
        time in batches.
        """
        places = self.constant(np.asarray(positions, dtype=np.int64))
        if len(positions) < FEW:
            return self.add("Gather", source, places, axis=1)
        if source not in self._columnwise:
            self._columnwise[source] = self.add("Transpose", source, perm=[1, 0])
        return self.add("Transpose", self.add("Gather", self._columnwise[source], places, axis=0), perm=[1, 0])

    def unless_missing(self, source: str, instead: str) -> str:
        """A matrix whose missing values are replaced."""
        return self.add("Where", self.add("IsNaN", source), instead, source)

    def bounded(self, source: str, low: float, high: float) -> str:
        """A float32 matrix with values within bounds."""
        return self.add("Clip", source, self.single(low), self.single(high))

    def number(self, source: str) -> str:
        """Yes and no as 1 and 0."""
        return self.add("Cast", source, to=TensorProto.FLOAT)

    def double(self, source: str) -> str:
        """In double precision."""
        return self.add("Cast", source, to=TensorProto.DOUBLE)

    def place(self, source: str) -> str:
        """Whole numbers as positions in a table."""
        return self.add("Cast", source, to=TensorProto.INT64)

    def name_last(self, name: str) -> None:
        """Give the output of the newest node its public name."""
        self.nodes[-1].output[0] = name

    def serialise(self, features: int) -> bytes:
        """The checked graph; equal graphs give equal bytes."""
        inputs = [helper.make_tensor_value_info("matrix", TensorProto.FLOAT, [None, features])]
        outputs = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None]) for name in ("log_odds", "probability")]
        body = helper.make_graph(self.nodes, "churn", inputs, outputs, self.constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
        model = helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION, producer_name="churn")
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))
