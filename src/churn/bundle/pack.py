"""Pack a trained model as a bundle, after proving that the exported graph scores as the model does."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from churn.bundle import session
from churn.bundle.graph import to_onnx
from churn.bundle.manifest import Lineage, Manifest
from churn.contract import Contract, encode
from churn.data.conform import columns_of
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.errors import ExportInexact
from churn.explain.build import build
from churn.model import Model

EXPORT_TOLERANCE = 1e-6


def export(folder: Path, model: Model, contract: Contract, rows: Labelled) -> float:
    """Write model.onnx, contract.json and the explainer. Returns the largest difference to the model over `rows`.

    Raises ExportInexact above 1e-6: a candidate that cannot be exported exactly is no candidate.
    """
    folder.mkdir(parents=True, exist_ok=True)
    graph = to_onnx(model, len(contract.columns))
    matrix = encode(contract, columns_of(rows.frame, contract))
    worst = float(np.max(np.abs(session.run(session.load(graph), matrix) - model.probability(matrix))))
    if not worst <= EXPORT_TOLERANCE:
        raise ExportInexact(f"the exported graph differs from the model by {worst:.2g}; report it with params.yaml")
    (folder / "model.onnx").write_bytes(graph)
    contract.save(folder / "contract.json")
    build(model, contract, matrix).save(folder)
    return worst


def pack(
    model: Path,
    target: Path,
    decision: Decision,
    metrics: dict[str, Any],
    rows: Labelled,
    probability: npt.NDArray[np.float64],
    lineage: Lineage,
) -> None:
    """Build the bundle folder `target` from an exported model and the reference rows with their scores."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(model, target)
    decision.save(target / "decision.json")
    (target / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    lines = [
        json.dumps(record, ensure_ascii=False) for record in _records(Contract.read(model / "contract.json"), rows, probability)
    ]
    (target / "reference.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Manifest.of(target, lineage).save(target)


def _records(contract: Contract, rows: Labelled, probability: npt.NDArray[np.float64]) -> list[dict[str, Any]]:
    features = rows.frame[list(contract.features)]
    plain = features.astype(object).mask(features.isna(), None).to_dict(orient="records")
    _, customer = np.unique(rows.group, return_inverse=True)  # a number in this bundle, which tells nobody who it is
    parts = zip(plain, rows.label.tolist(), probability.tolist(), customer.tolist(), strict=True)
    return [{"row": row, "label": label, "probability": score, "customer": one} for row, label, score, one in parts]
