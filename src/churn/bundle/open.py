"""Open a verified bundle and score customer rows with it. Needs neither pandas nor scikit-learn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from churn.bundle import session
from churn.bundle.manifest import Manifest, fingerprint
from churn.contract import Contract, Value, encode, unseen
from churn.contract.encode import Matrix, RowEncoder
from churn.contract.schema import as_columns
from churn.decision import Decision
from churn.errors import BundleCorrupt
from churn.explain.explainer import Explainer
from churn.explain.reasons import Reason, reasons

Floats = npt.NDArray[np.float64]
SCORE_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Scored:
    """Answers for n rows, and how many of their cells held a category that training never saw."""

    probability: Floats
    contact: npt.NDArray[np.bool_]
    unseen: int


@dataclass(frozen=True)
class ScoredRows:
    """Answers for n rows as plain values; `unseen` counts for each row the categories that training never saw."""

    probability: list[float]
    contact: list[bool]
    unseen: list[int]


@dataclass(frozen=True)
class Reference:
    """Held-out rows as they would arrive, with outcome and probability; what monitoring compares against.

    customer: (n,) counts the customers; rows of equal number are one. A bundle of an older program does not tell, and
    each row is one.
    """

    rows: list[dict[str, Value]]
    label: npt.NDArray[np.int64]
    probability: Floats
    customer: npt.NDArray[np.int64]


class Bundle:
    """A model ready to score. Build one with `open_bundle`."""

    def __init__(self, folder: Path, manifest: Manifest, graph: onnxruntime.InferenceSession) -> None:
        self.folder = folder
        self.manifest = manifest
        self.fingerprint = fingerprint(folder)
        self.contract = Contract.read(folder / "contract.json")
        self.decision = Decision.read(folder / "decision.json")
        self.metrics: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        self.threshold = self.decision.threshold
        self.control = self.decision.control
        self.data_hash = manifest.lineage.data
        self._explainer = Explainer.read(folder)
        self._session = graph
        self._encoder = RowEncoder(self.contract)

    def score_matrix(self, matrix: Matrix) -> Floats:
        """Probabilities, shape (n,), of an encoded matrix (n, features)."""
        return session.run(self._session, matrix)

    def score_columns(self, values: Mapping[str, Sequence[Any]]) -> Scored:
        """Score n rows given as one sequence of values for each feature."""
        matrix = encode(self.contract, values)
        probability = self.score_matrix(matrix)
        return Scored(probability, self.decision.contact(probability), unseen(self.contract, matrix))

    def score(self, rows: list[Mapping[str, Value]]) -> Scored:
        """Score customer rows; keys that are no features are ignored."""
        return self.score_columns(as_columns(self.contract, rows))

    def score_rows(self, rows: Sequence[Sequence[Value]]) -> ScoredRows:
        """Score rows of one value for each feature, in the order of the contract."""
        matrix = self._encoder.encode(rows)
        probability = self.score_matrix(matrix)
        contact = self.decision.contact(probability)
        return ScoredRows(probability.tolist(), contact.tolist(), self._encoder.unseen(matrix).tolist())

    def reasons(self, row: Mapping[str, Value], most: int) -> list[Reason]:
        """The `most` strongest reasons for the score of one customer row."""
        (matrix,) = self._encoder.encode([[row.get(name) for name in self.contract.features]])
        return reasons(self._explainer, self.contract, row, matrix, most)

    def reference(self) -> Reference:
        """The reference rows, read from disk at each call."""
        lines = (self.folder / "reference.jsonl").read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        label = np.array([record["label"] for record in records], dtype=np.int64)
        probability = np.array([record["probability"] for record in records], dtype=np.float64)
        customer = np.array([record.get("customer", i) for i, record in enumerate(records)], dtype=np.int64)
        return Reference([record["row"] for record in records], label, probability, customer)


def open_bundle(folder: Path) -> Bundle:
    """Verify every file by sha256, load the graph, and repeat the recorded scores. Raises BundleCorrupt."""
    manifest = Manifest.verified(folder)
    try:
        bundle = Bundle(folder, manifest, session.load(folder / "model.onnx"))
        _repeat_scores(bundle)
    except BundleCorrupt:
        raise
    except Exception as error:  # onnxruntime raises its own types, json and pydantic theirs: all mean one thing here
        raise BundleCorrupt(f"{folder} cannot be opened: {' '.join(str(error).split())[:200]}") from error
    return bundle


def _repeat_scores(bundle: Bundle) -> None:
    reference = bundle.reference()
    again = bundle.score(list(reference.rows)).probability
    worst = float(np.max(np.abs(again - reference.probability)))
    if not worst <= SCORE_TOLERANCE:
        raise BundleCorrupt(f"{bundle.folder} scores its reference rows {worst:.2g} away from the recorded scores")
