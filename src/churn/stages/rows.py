"""The prepared rows as learners and judges take them."""

from functools import partial

from churn import params
from churn.bundle import session
from churn.contract import Contract, encode
from churn.contract.encode import Matrix
from churn.data.conform import columns_of
from churn.data.labelled import Labelled
from churn.evaluate.importance import Asked
from churn.evaluate.slices import Judged
from churn.model import Labels
from churn.model.splits import Groups
from churn.model.tune import with_knobs
from churn.params import Train
from churn.stages.places import CONTRACT, KNOBS, MODEL, TEST, TRAIN, read


def learned() -> tuple[Contract, Matrix, Labels, Groups]:
    """The train rows: contract, matrix of shape (n, features), labels and groups of length n."""
    contract, rows = Contract.read(CONTRACT), Labelled.read(TRAIN)
    return contract, encode(contract, columns_of(rows.frame, contract)), rows.label, rows.group


def judged() -> tuple[Labelled, Asked]:
    """The test rows, and the exported model to ask about them."""
    contract, rows = Contract.read(MODEL / "contract.json"), Labelled.read(TEST)
    matrix = encode(contract, columns_of(rows.frame, contract))
    score = partial(session.run, session.load(MODEL / "model.onnx"))
    return rows, Asked(contract, matrix, Judged(rows.label, score(matrix), rows.group), score)


def tuned() -> Train:
    """The `train:` part of params.yaml with the knobs that tuning found."""
    return with_knobs(params.load().train, read(KNOBS))
