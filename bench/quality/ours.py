"""Fit some of the project's learners on given folds, in a process of their own, so that its memory is theirs.

`python -m bench.quality.ours FOLDER PARAMS NAME ...` reads FOLDER/folds.npz and FOLDER/contract.json, and writes a file
for each NAME: `model` (all learners and the choice among them), a learner of params.yaml, or `default boosting`.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from churn import params as configuration
from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.decision import Decision
from churn.model import fit_member, train
from churn.params import Params, Train

MODEL, DEFAULT = "model", "default boosting"

Fitted = Callable[[Matrix], Any]  # encoded rows to probabilities


def main(folder: Path, params: Path, names: Sequence[str]) -> None:
    """Out-of-fold probabilities of each learner, one after another."""
    contract, given = Contract.read(folder / "contract.json"), dict(np.load(folder / "folds.npz"))
    knobs = _knobs(configuration.load(params))
    for name in names:
        np.savez(answer(folder, name), **_out_of_fold(name, contract, given, knobs))


def answer(folder: Path, name: str) -> Path:
    """Where the probabilities of a learner are."""
    return folder / f"{name.replace(' ', '_')}.npz"


def _out_of_fold(name: str, contract: Contract, given: dict[str, Any], knobs: Train) -> dict[str, Any]:
    """Probabilities (n,), the seconds of each fold, and the most bytes that the process has held so far."""
    probability, seconds, cpu, notes = np.empty(len(given["label"])), [], [], []
    for held in range(int(given["fold"].max()) + 1):
        inside = given["fold"] != held
        start, begun = time.perf_counter(), _cpu()
        fitted, note = _fit(name, contract, given["matrix"][inside], given["label"][inside], given["group"][inside], knobs)
        seconds.append(time.perf_counter() - start)
        cpu.append(_cpu() - begun)
        notes.append(note)
        probability[~inside] = fitted(given["matrix"][~inside])
    peak = 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = {"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak}
    return {"probability": probability, **spent, "notes": json.dumps(notes)}


def _fit(name: str, contract: Contract, matrix: Matrix, label: Any, group: Any, knobs: Train) -> tuple[Fitted, str]:
    """What predicts, and what was chosen."""
    if name == MODEL:
        model, contest = train(contract, matrix, label, group, knobs)
        return model.probability, "+".join(contest.chosen)
    if name == DEFAULT:
        boosting = HistGradientBoostingClassifier(random_state=knobs.seed).fit(matrix, label)
        return lambda rows: boosting.predict_proba(rows)[:, 1], ""
    member = fit_member(name, contract, matrix, label, knobs)  # type: ignore[arg-type]
    return lambda rows: expit(member.log_odds(rows)), ""


def _knobs(params: Params) -> Train:
    """With a rule that earns most at the costs of the problem, as on the ladder of discovery."""
    threshold = Decision.of(params.problem).threshold
    rule = params.train.rule.model_copy(update={"break_even": threshold if threshold < 1 else None})
    return params.train.model_copy(update={"rule": rule})


def _cpu() -> float:
    """Seconds of CPU that this process and its ended children took."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
