"""The work of each stage in dvc.yaml. Stages meet only through files under artifacts/."""

import json
from dataclasses import replace
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
from churn.contract.encode import Matrix
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, in_time, split
from churn.data.sample import draw
from churn.decision import Decision
from churn.discovery.record import demand_worthwhile
from churn.errors import TableError
from churn.evaluate.importance import Asked
from churn.evaluate.measure import History, measure
from churn.evaluate.refit import refit as fit_again
from churn.evaluate.simplest import against_rule
from churn.evaluate.slices import Judged
from churn.evaluate.write import write as write_evaluation
from churn.features.declare import declare
from churn.leak import guard
from churn.model import Floats, Labels, Progress, train
from churn.model.recent import recent
from churn.model.rows import Rows
from churn.model.splits import Groups
from churn.model.tune import look_ahead, tunable, tune, with_knobs
from churn.params import Learner, Train
from churn.registry import Registry
from churn.registry.track import track as log_run

ARTIFACTS = Path("artifacts")
PREPARED = ARTIFACTS / "prepared"
TUNED = ARTIFACTS / "tuned"
TRIES, SAMPLE = "tries.json", "sample.json"
MODEL = ARTIFACTS / "model"
REFITS = ARTIFACTS / "refits.parquet"
EVALUATION = ARTIFACTS / "evaluation"
BUNDLE = ARTIFACTS / "bundle"


def prepare(_: Progress) -> list[str]:
    """data/ to labelled train and test rows. Tells what the leak guard found, and how far back the train rows reach."""
    params = configuration.load()
    drawn = draw(Path("data"), params.data, params.split.customers)
    train_rows, test_rows = split(drawn.rows, params.split)
    if len(set(train_rows.label)) < 2 or len(set(test_rows.label)) < 2:
        raise TableError("train or test rows lack a class: give more rows, or change split.holdout in params.yaml")
    seen = guard(train_rows.frame, train_rows.label, train_rows.group, train_rows.snapshot, params.data)
    train_rows, told = recent(train_rows, seen.data, params.split)
    PREPARED.mkdir(parents=True, exist_ok=True)
    train_rows.save(PREPARED / "train.parquet")
    test_rows.save(PREPARED / "test.parquet")
    contract = describe(train_rows.frame, seen.data)
    matrix = encode(contract, columns_of(train_rows.frame, contract))
    declare(contract, matrix, params.features).save(PREPARED / "contract.json")
    report = {"left_out": seen.data.left_out, "accused": seen.data.accused, "suspicious_names": sorted(seen.warned)}
    _write(PREPARED / "leaks.json", report)
    lines = [*seen.lines, told] if told else seen.lines
    if params.split.customers == 1:
        return lines
    _write(PREPARED / SAMPLE, {"read": drawn.read, "drawn": len(drawn.rows)})
    return [f"{drawn.read:,} rows read, of which {len(drawn.rows):,} are of the sample of customers", *lines]


def tune_knobs(progress: Progress) -> list[str]:
    """Train rows to the knobs of each learner. Tells which ones could not be tuned."""
    params = configuration.load()
    demand_worthwhile(versioning.data_hash(), params.problem)
    tuned = tune(*_learned(), params.train, _tuning(), progress)
    TUNED.mkdir(parents=True, exist_ok=True)
    _write(TUNED / "knobs.json", tuned.knobs)
    _write(TUNED / TRIES, [one.to_json() for one in tuned.tries])
    return [f"{learner} keeps its knobs, since tuning fails: {reason}" for learner, reason in tuned.failed.items()]


def candidates(stage: str) -> list[Learner]:
    """The learners whose tries for a stage can be made ahead, each apart from the others."""
    return tunable(configuration.load().train) if STAGES[stage] is tune_knobs else []


def try_candidate(learner: Learner) -> None:
    """Make the tries of one learner, so that the stage which tunes finds them made. Its failure is raised as it is."""
    look_ahead(learner, Rows(*_learned()), configuration.load().train, _tuning())


def train_model(progress: Progress) -> list[str]:
    """Train rows to an exported model and the figures of its contest. Tells which learners took no part."""
    demand_worthwhile(versioning.data_hash(), configuration.load().problem)
    model, contest = train(*_learned(), _knobs(), progress)
    error = packing.export(MODEL, model, Contract.read(PREPARED / "contract.json"), Labelled.read(PREPARED / "test.parquet"))
    name = contest.chosen.name
    figures_of_contest = {"chosen": name, "cv": contest.figures[name], "tried": contest.figures, "failed": contest.failed}
    _write(MODEL / "contest.json", figures_of_contest | {"export_error": error})
    return [f"{learner} is left out: {reason}" for learner, reason in contest.failed.items()]


def refit(progress: Progress) -> None:
    """Train rows, fewer of them and earlier ones, to what the chosen learners then say of the test rows."""
    params, contract = configuration.load(), Contract.read(PREPARED / "contract.json")
    train_rows, test_rows = (Labelled.read(PREPARED / f"{name}.parquet") for name in ("train", "test"))
    chosen = _contest()["chosen"].split("+")
    scores = fit_again(
        chosen, contract, train_rows, test_rows, _knobs(), params.evaluate, params.problem.horizon_days, progress
    )
    scores.to_parquet(REFITS, index=False)


def evaluate(_: Progress) -> None:
    """Test rows to figures with intervals, tables, pictures and the report."""
    params = configuration.load()
    rows, asked = _judged()
    learned = Labelled.read(PREPARED / "train.parquet")
    history = History(_contest(), len(learned), pd.read_parquet(REFITS))
    measured = measure(rows, asked, params, history)
    matrix = encode(asked.contract, columns_of(learned.frame, asked.contract))
    rule = against_rule(asked.contract, matrix, learned.label, asked, params)
    found = measured.found | {"rule": rule, "made_of": _made_of(learned, rows)}
    if params.split.customers < 1:
        found["sample"] = json.loads((PREPARED / SAMPLE).read_text(encoding="utf-8"))
    write_evaluation(EVALUATION, replace(measured, found=found), params)


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
    log_run(registry, open_bundle(BUNDLE), params.model_dump(mode="json"), EVALUATION, tries())


def tries() -> list[dict[str, Any]]:
    """Every try of tuning, as `churn.model.tune.Try` has it."""
    found: list[dict[str, Any]] = json.loads((TUNED / TRIES).read_text(encoding="utf-8"))
    return found


def _made_of(learned: Labelled, judged: Labelled) -> dict[str, Any]:
    """Names of the snapshots learned from, oldest first, and the newest one of all rows."""
    names = in_time(np.concatenate([learned.snapshot, judged.snapshot]))
    return {"learned": in_time(learned.snapshot), "newest": names[-1]}


STAGES = {
    "prepare": prepare, "tune": tune_knobs, "train": train_model, "refit": refit,
    "evaluate": evaluate, "bundle": bundle, "track": track,
}  # fmt: skip


def _learned() -> tuple[Contract, Matrix, Labels, Groups]:
    """The train rows as learners take them."""
    contract, rows = Contract.read(PREPARED / "contract.json"), Labelled.read(PREPARED / "train.parquet")
    return contract, encode(contract, columns_of(rows.frame, contract)), rows.label, rows.group


def _tuning() -> Path:
    return settings.load().state / "tuning"


def _knobs() -> Train:
    """The `train:` part of params.yaml with the knobs that tuning found."""
    found = json.loads((TUNED / "knobs.json").read_text(encoding="utf-8"))
    return with_knobs(configuration.load().train, found)


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


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
