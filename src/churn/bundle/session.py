"""Run the ONNX graph of a model."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from churn.contract.encode import Matrix


def load(model: Path | bytes) -> onnxruntime.InferenceSession:
    """Load a graph to run on one thread: a row is too little work to share, and spinning threads starve the server."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, matrix: Matrix) -> npt.NDArray[np.float64]:
    """Calibrated probabilities, shape (n,), of an encoded matrix (n, features)."""
    (probability,) = session.run(["probability"], {"matrix": matrix})
    return np.asarray(probability)
