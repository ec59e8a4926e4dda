"""The project's model of some rows, as the stages of dvc.yaml make it: knobs tuned, learners chosen and combined."""

from typing import Any

from churn.contract import Contract, encode
from churn.contract.encode import Matrix
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled
from churn.features.declare import declare
from churn.model import Model, train
from churn.model.tune import tune
from churn.params import Params, Train


def encoded(rows: Labelled, params: Params) -> tuple[Contract, Matrix]:
    """The contract of rows with its derived columns, and the rows under it (n, features)."""
    contract = describe(rows.frame, params.data)
    matrix = encode(contract, columns_of(rows.frame, contract))
    return declare(contract, matrix, params.features), matrix


def fit(contract: Contract, matrix: Matrix, label: Any, group: Any, knobs: Train) -> tuple[Model, str, Train]:
    """The model, what was chosen, and the knobs as tuned."""
    tuned = tune(contract, matrix, label, group, knobs).params
    model, contest = train(contract, matrix, label, group, tuned)
    return model, contest.chosen.name, tuned
