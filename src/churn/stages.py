"""The work of each stage in dvc.yaml. Stages meet only through files under artifacts/."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from churn import params as configuration
from churn import settings, versioning
from churn.bundle import pack as packing
from churn.bundle import session
from churn.bundle.manifest import Lineage
from churn.bundle.open import open_bundle
from churn.contract import Contract, encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, load, split
from churn.decision import Decision
from churn.discovery.record import demand_worthwhile
from churn.errors import TableError
from churn.evaluate.importance import Asked
from churn.evaluate.measure import History, measure
from churn.evaluate.refit import refit as fit_again
from churn.evaluate.slices import Judged
from churn.evaluate.write import write as write_evaluation
from churn.model import Floats, Progress, train
from churn.registry import Registry
from churn.registry.track import track as log_run

ARTIFACTS = Path("artifacts")
PREPARED = ARTIFACTS / "prepared"
MODEL = ARTIFACTS / "model"
REFITS = ARTIFACTS / "refits.parquet"
EVALUATION = ARTIFACTS / "evaluation"
BUNDLE = ARTIFACTS / "bundle"


def prepare(_: Progress) -> None:
    """data/ to labelled train and test rows."""
    params = configuration.load()
    rows = load(Path("data"), params.data)
    train_rows, test_rows = split(rows, params.split)
    if len(set(train_rows.label)) < 2 or len(set(test_rows.label)) < 2:
        raise TableError("train or test rows lack a class: give more rows, or change split.holdout in params.yaml")
    PREPARED.mkdir(parents=True, exist_ok=True)
    train_rows.save(PREPARED / "train.parquet")
    test_rows.save(PREPARED / "test.parquet")
    describe(train_rows.frame, params.data).save(PREPARED / "contract.json")


def train_model(progress: Progress) -> None:
    """Train rows to an exported model and the figures of its contest."""
    params = configuration.load()
    demand_worthwhile(versioning.data_hash(), params.problem)
    contract = Contract.read(PREPARED / "contract.json")
    rows, test_rows = Labelled.read(PREPARED / "train.parquet"), Labelled.read(PREPARED / "test.parquet")
    matrix = encode(contract, columns_of(rows.frame, contract))
    model, contest = train(contract, matrix, rows.label, rows.group, params.train, progress)
    packing.export(MODEL, model, contract, test_rows)
    chosen = contest.figures["+".join(contest.chosen)]
    figures_of_contest = {"chosen": "+".join(contest.chosen), "cv": chosen, "tried": contest.figures}
    (MODEL / "contest.json").write_text(json.dumps(figures_of_contest, indent=2) + "\n", encoding="utf-8")


def refit(progress: Progress) -> None:
    """Train rows, fewer of them and earlier ones, to what the chosen learners then say of the test rows."""
    params, contract = configuration.load(), Contract.read(PREPARED / "contract.json")
    train_rows, test_rows = (Labelled.read(PREPARED / f"{name}.parquet") for name in ("train", "test"))
    chosen = _contest()["chosen"].split("+")
    scores = fit_again(chosen, contract, train_rows, test_rows, params.train, params.evaluate, progress)
    scores.to_parquet(REFITS, index=False)


def evaluate(_: Progress) -> None:
    """Test rows to figures with intervals, tables, pictures and the report."""
    params = configuration.load()
    rows, asked = _judged()
    learned = len(Labelled.read(PREPARED / "train.parquet"))
    history = History(_contest(), learned, pd.read_parquet(REFITS))
    write_evaluation(EVALUATION, measure(rows, asked, params, history), params)


def bundle(_: Progress) -> None:
    """Model, decision, figures and reference rows to the bundle."""
    params = configuration.load()
    rows, asked = _judged()
    kept = _sample(len(rows), params.bundle.reference_rows, params.train.seed)
    lineage = Lineage(data=versioning.data_hash(), params=params.digest, commit=versioning.commit_of_sources())
    metrics = json.loads((EVALUATION / "figures.json").read_text(encoding="utf-8"))
    mask = np.isin(np.arange(len(rows)), kept)
    packing.pack(MODEL, BUNDLE, Decision.of(params.problem), metrics, rows.where(mask), asked.judged.probability[mask], lineage)


def track(_: Progress) -> None:
    """The bundle to a run in MLflow."""
    params = configuration.load()
    registry = Registry(settings.load().tracking_uri, params.name)
    log_run(registry, open_bundle(BUNDLE), params.model_dump(mode="json"), EVALUATION)


STAGES = {"prepare": prepare, "train": train_model, "refit": refit, "evaluate": evaluate, "bundle": bundle, "track": track}


def _contest() -> dict[str, Any]:
    """What was tried, with its cross-validated figures, and what was chosen."""
    found: dict[str, Any] = json.loads((MODEL / "contest.json").read_text(encoding="utf-8"))
    return found


def _judged() -> tuple[Labelled, Asked]:
    """The test rows, and the exported model to ask about them."""
    contract = Contract.read(MODEL / "contract.json")
    rows = Labelled.read(PREPARED / "test.parquet")
    matrix = encode(contract, columns_of(rows.frame, contract))
    score = partial(session.run, session.load(MODEL / "model.onnx"))
    return rows, Asked(contract, matrix, Judged(rows.label, score(matrix), rows.group), score)


def _sample(rows: int, most: int, seed: int) -> Floats:
    order = np.random.default_rng(seed).permutation(rows)[:most]
    return np.sort(order)
