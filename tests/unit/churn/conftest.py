"""A small company of 600 customers, learners fitted on it, and a bundle made of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churn.bundle.manifest import Lineage
from churn.bundle.pack import export, pack
from churn.contract import Contract, encode
from churn.contract.encode import Matrix
from churn.data.describe import describe
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.model import Model, fit_member
from churn.params import Boosting, Data, ExtraTrees, FewColumns, Learner, Logistic, Rule, Train, Tune

COUNT = 600
BOOSTING = Boosting(learning_rate=0.2, rounds=15, leaves=6, min_leaf_rows=20, l2=0, columns=1)
Fit = Callable[..., Model]


@pytest.fixture(scope="session")
def data() -> Data:
    kinds = {"tenure": "number", "charge": "number", "plan": "category", "family": "boolean"}
    return Data(target="left", positive="Yes", id="id", missing_words=("", "na", "nan", "none", "unknown"), columns=kinds)


@pytest.fixture(scope="session")
def knobs() -> Train:
    return Train(
        learners=("logistic", "boosting"),
        folds=2,
        seed=0,
        member_worth=0.0003,
        interactions=20,
        tune=Tune(trials=0, seconds=None, splits=2, rows=1000, most_rounds=40, patience=5, trees=10),
        logistic=Logistic(bins=4, knots=2, c=1),
        boosting=BOOSTING.model_copy(update={"rounds": 30}),
        encoded_boosting=BOOSTING,
        deep_boosting=BOOSTING.model_copy(update={"leaves": 12}),
        extra_trees=ExtraTrees(trees=10, rows=10000, leaves=16, min_leaf_rows=10, columns=0.5),
        lightgbm=BOOSTING,
        rule=Rule(conditions=2, edges=10),
        few_columns=FewColumns(columns=2, bins=4, c=1),
    )


@pytest.fixture(scope="session")
def template() -> Path:
    """The params.yaml that the program comes with."""
    return Path(__file__).parents[3] / "src/churn/templates/params.yaml"


@pytest.fixture(scope="session")
def decision() -> Decision:
    return Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)


@pytest.fixture(scope="session")
def rows() -> Labelled:
    random = np.random.default_rng(0)
    charge = random.normal(30, 9, COUNT)
    frame = pd.DataFrame(
        {
            "tenure": random.integers(0, 72, COUNT).astype(float),
            "charge": np.where(random.random(COUNT) < 0.1, np.nan, charge),
            "plan": random.choice(["basic", "plus", "pro"], COUNT),
            "family": random.integers(0, 2, COUNT).astype(float),
        }
    )
    odds = 1 - frame["tenure"] / 18 + 2 * frame["family"] + (frame["plan"] == "pro")
    label = (random.random(COUNT) < 1 / (1 + np.exp(-odds))).astype(np.int64).to_numpy()
    return Labelled(frame, label, np.arange(COUNT, dtype=np.uint64), np.full(COUNT, "2026-01", dtype=object))


@pytest.fixture(scope="session")
def contract(rows: Labelled, data: Data) -> Contract:
    return describe(rows.frame, data)


@pytest.fixture(scope="session")
def matrix(rows: Labelled, contract: Contract) -> Matrix:
    return encode(contract, {name: rows.frame[name] for name in contract.features})


@pytest.fixture(scope="session")
def fitted(rows: Labelled, contract: Contract, matrix: Matrix, knobs: Train) -> Fit:
    """Fit any combination of learners; their weights are made up, as calibration would give them."""

    def fit(*learners: Learner) -> Model:
        members = {name: fit_member(name, contract, matrix, rows.label, knobs, rows.group) for name in learners}
        return Model(members, np.array([0.7, 0.4, 0.3, 0.2, 0.1, 0.05])[: len(learners)], -0.1)

    return fit


@pytest.fixture(scope="session")
def build(rows: Labelled, contract: Contract, matrix: Matrix, fitted: Fit, decision: Decision) -> Callable[[Path], Path]:
    """Make a bundle of the blend in a folder."""

    def make(folder: Path) -> Path:
        model = fitted("logistic", "boosting")
        export(folder / "model", model, contract, rows)
        lineage = Lineage(data="data", params="params", commit="commit")
        pack(folder / "model", folder / "bundle", decision, {"chosen": "blend"}, rows, model.probability(matrix), lineage)
        return folder / "bundle"

    return make


@pytest.fixture
def bundle_folder(tmp_path: Path, build: Callable[[Path], Path]) -> Path:
    return build(tmp_path)
