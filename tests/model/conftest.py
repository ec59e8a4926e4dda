"""Models trained with the knobs that ship, on the public tables and on the simulator."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from churn.contract import Contract, encode
from churn.contract.encode import Matrix
from churn.data.describe import describe
from churn.data.labelled import Labelled, load
from churn.model import Contest, Floats, Model, train
from churn.params import Data, Params
from churn.params import load as load_params
from churn.simulate import Month, live, write_month
from churn.workspace import plan

TEMPLATE = Path(__file__).parents[2] / "src/churn/templates/params.yaml"


@dataclass(frozen=True)
class Trained:
    """A model with what it learnt from."""

    rows: Labelled
    contract: Contract
    matrix: Matrix
    model: Model
    contest: Contest

    @property
    def auc(self) -> float:
        """Cross-validated."""
        return self.contest.chosen.auc

    def changed(self, name: str, change: Callable[[Floats], Floats]) -> Floats:
        """Probabilities of all rows after one column was changed."""
        matrix = self.matrix.copy()
        column = self.contract.features.index(name)
        matrix[:, column] = change(matrix[:, column])
        return self.model.probability(matrix)


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params(TEMPLATE)


@pytest.fixture(scope="session")
def learn(params: Params) -> Callable[[Labelled, Data], Trained]:
    def fit(rows: Labelled, data: Data) -> Trained:
        contract = describe(rows.frame, data)
        matrix = encode(contract, {name: rows.frame[name].to_numpy() for name in contract.features})
        return Trained(rows, contract, matrix, *train(contract, matrix, rows.label, rows.group, params.train))

    return fit


@pytest.fixture(scope="session")
def learn_table(learn, tmp_path_factory) -> Callable[..., Trained]:
    """Learn from a table as a new workspace would."""

    def fit(table: Path, target: str, positive: str, identity: str | None) -> Trained:
        folder = tmp_path_factory.mktemp("table")
        shutil.copy(table, folder / "base.csv")
        data = plan(table, target, positive, identity, None).data
        return learn(load(folder, data), data)

    return fit


@pytest.fixture(scope="session")
def telco_model(learn_table, telco: Path) -> Trained:
    return learn_table(telco, "Churn", "Yes", "customerID")


@pytest.fixture(scope="session")
def mlc_model(learn_table, mlc_churn: Path) -> Trained:
    return learn_table(mlc_churn, "churn", "yes", None)


@pytest.fixture(scope="session")
def months() -> list[Month]:
    return list(live(seed=11, customers=4000, months=4))


@pytest.fixture(scope="session")
def company_model(learn, params: Params, months: list[Month], tmp_path_factory) -> Trained:
    """Learnt from the first three months of the simulated company."""
    folder = tmp_path_factory.mktemp("company")
    for month in months[:3]:
        write_month(folder, month)
    return learn(load(folder, params.data), params.data)


@pytest.fixture(scope="session")
def order() -> Callable[[int], np.ndarray]:
    """A random order of rows."""
    return lambda count: np.random.default_rng(0).permutation(count)
