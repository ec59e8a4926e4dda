"""A small real bundle, packed in a second."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd

from churn.bundle.manifest import Lineage, Manifest
from churn.bundle.pack import export, pack
from churn.contract import encode
from churn.data.describe import describe
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.model import train
from churn.params import Boosting, Data, ExtraTrees, FewColumns, Logistic, Rule, Train, Tune

KINDS = {"tenure": "number", "Total day charge": "number", "class": "category", "model_config": "boolean", "_score": "number"}
DATA = Data(target="left", positive="1", id="customer id", snapshot="month", missing_words=("", "na"), columns=KINDS)
BOOSTING = Boosting(learning_rate=0.2, rounds=5, leaves=4, min_leaf_rows=20, l2=0, columns=1)
TRAIN = Train(
    learners=("logistic", "boosting"),
    folds=2,
    seed=0,
    member_worth=0.0,
    interactions=20,
    tune=Tune(trials=0, seconds=None, splits=2, rows=1000, most_rounds=20, patience=5, trees=10),
    logistic=Logistic(bins=4, knots=2, c=1),
    boosting=BOOSTING,
    encoded_boosting=BOOSTING,
    deep_boosting=BOOSTING,
    extra_trees=ExtraTrees(trees=5, rows=10000, leaves=8, min_leaf_rows=20, columns=0.5),
    lightgbm=BOOSTING,
    rule=Rule(conditions=1, edges=4),
    few_columns=FewColumns(columns=2, bins=4, c=1),
)
DECISION = Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)
MADE: dict[str, Any] = {
    "made_of": {"learned": ["2026-01"], "newest": "2026-01"},
    "rule": {"sentence": "tenure at most 9", "gain": {"value": 900.0, "low": 500.0, "high": 1300.0}, "ceiling": 30000.0},
}
ROW: dict[str, Any] = {"tenure": 5, "Total day charge": None, "class": "basic", "model_config": True, "_score": 0.25}


def build_bundle(
    folder: Path, seed: int = 0, without: str | None = None, *, blind: bool = False, decision: Decision = DECISION
) -> Path:
    """Train on 600 synthetic rows, or `blind` on outcomes drawn by lot, and pack the result as the bundle `folder`."""
    data = DATA.model_copy(update={"columns": {k: v for k, v in KINDS.items() if k != without}})
    rows = _rows(seed)
    contract = describe(rows.frame, data)
    matrix = encode(contract, {name: rows.frame[name] for name in contract.features})
    learned = np.random.default_rng(seed).permutation(rows.label) if blind else rows.label
    model, _ = train(contract, matrix, learned, rows.group, TRAIN)
    export(folder.parent / f"{folder.name}.model", model, contract, rows)
    metrics = {"auc": {"value": 0.8}, "undefined": float("nan"), "chosen": "logistic+boosting", "export_error": 1e-9} | MADE
    lineage = Lineage(data=f"data-{seed}", params="params", commit="commit")
    pack(folder.parent / f"{folder.name}.model", folder, decision, metrics, rows, model.probability(matrix), lineage)
    return folder


def _rows(seed: int) -> Labelled:
    random = np.random.default_rng(seed)
    count = 600
    charge = random.normal(30, 9, count)
    charge[random.random(count) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "tenure": random.integers(0, 72, count).astype(float),
            "Total day charge": charge,
            "class": random.choice(["basic", "plus", "pro"], count),
            "model_config": random.integers(0, 2, count).astype(float),
            "_score": random.random(count),
        }
    )
    odds = 1 - frame["tenure"] / 18 + 2 * frame["model_config"]
    label = (random.random(count) < 1 / (1 + np.exp(-odds))).astype(np.int64).to_numpy()
    return Labelled(frame, label, np.arange(count, dtype=np.uint64), np.full(count, "2026-01", dtype=object))


def alter(folder: Path, target: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a bundle with one file changed, for which the manifest vouches again."""
    shutil.copytree(folder, target)
    (target / name).write_bytes(change((target / name).read_bytes()))
    Manifest.of(target, Manifest.verified(folder).lineage).save(target)
    return target


def without_number(graph: bytes) -> bytes:
    """A model whose every probability is NaN."""
    model = onnx.load_from_string(graph)
    (output,) = (one for one in model.graph.output if one.name == "probability")
    (last,) = (node for node in model.graph.node if output.name in node.output)
    last.output[:] = ["number"]
    kind = output.type.tensor_type.elem_type
    model.graph.initializer.append(onnx.helper.make_tensor("nan", kind, [], [float("nan")]))
    model.graph.node.append(onnx.helper.make_node("Mul", ["number", "nan"], [output.name]))
    return bytes(model.SerializeToString())


def recorded_elsewhere(reference: bytes, by: float = 2e-5) -> bytes:
    """Reference rows whose first recorded score is away from what the model says."""
    first, *rest = reference.decode().splitlines()
    line = json.loads(first)
    line["probability"] += by
    return "\n".join([json.dumps(line), *rest, ""]).encode()
