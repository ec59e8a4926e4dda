"""What the model of a whole table weighs: nodes of its trees, bytes on disk, time for one row."""

import tempfile
import time
from pathlib import Path

import numpy as np
import onnx

from bench.quality.fit import fit
from bench.quality.tables import Table
from churn.bundle import session
from churn.bundle.pack import export
from churn.params import Params

ROWS = 1000


def weigh(table: Table, params: Params) -> dict[str, float | str]:
    """Train on all rows, export, and score rows one by one."""
    model, chosen, _ = fit(table.contract, table.matrix, table.rows.label, table.rows.group, params.train)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export(folder, model, table.contract, table.rows)
        graph = (folder / "model.onnx").read_bytes()
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "chosen": chosen,
        "tree_nodes": nodes(onnx.load_from_string(graph)),
        "model_bytes": len(graph),
        "exported_bytes": size,
        "row_microseconds": _row_microseconds(graph, table),
    }


def nodes(graph: onnx.ModelProto) -> int:
    """Nodes of all trees of a graph."""
    return sum(len(one.ints) for node in graph.graph.node for one in node.attribute if one.name == "nodes_treeids")


def _row_microseconds(graph: bytes, table: Table) -> float:
    """Median time of the graph for one encoded row."""
    loaded, spent = session.load(graph), []
    for number in range(ROWS):
        row = table.matrix[number % len(table.matrix)][None, :]
        start = time.perf_counter_ns()
        session.run(loaded, row)
        spent.append(time.perf_counter_ns() - start)
    return float(np.median(spent)) / 1000
