"""Fit the project's learners on given folds, in a process of their own, so that its memory is theirs.

`python -m bench.quality.ours FOLDER PARAMS` reads FOLDER/folds.npz and FOLDER/contract.json, and writes FOLDER/ours.npz
with the out-of-fold probabilities of each learner: those of params.yaml with the knobs that were tuned for the model,
the two simple ones, scikit-learn's boosting as it comes, and the model, which is all of them and the choice among them.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from bench.quality.fit import fit
from bench.watch import cpu_seconds
from churn import params as configuration
from churn.contract import Contract
from churn.decision import Decision
from churn.model import fit_member
from churn.params import Learner, Params, Train

MODEL, DEFAULT = "model", "default boosting"
SIMPLE: tuple[Learner, ...] = ("rule", "few_columns")
FOREST = "extra_trees"  # the one whose score is a probability, not log-odds
Arrays = dict[str, Any]
Floats = npt.NDArray[np.float64]


def main(folder: Path, params: Path) -> None:
    """Out-of-fold probabilities of every learner, and the seconds of each."""
    contract, given = Contract.read(folder / "contract.json"), dict(np.load(folder / "folds.npz"))
    knobs, notes = _knobs(configuration.load(params)), []
    found: dict[str, Arrays] = {}
    for held in range(int(given["fold"].max()) + 1):
        inside = given["fold"] != held
        start = time.perf_counter(), cpu_seconds()
        for name, probability, note in _learners(contract, given, inside, knobs):
            one = found.setdefault(name, {"probability": np.empty(len(inside)), "seconds": [], "cpu_seconds": []})
            one["probability"][~inside] = probability
            one["seconds"].append(time.perf_counter() - start[0])
            one["cpu_seconds"].append(cpu_seconds() - start[1])
            notes += [note] if note else []
            start = time.perf_counter(), cpu_seconds()
    flat = {f"{name}/{key}": value for name, one in found.items() for key, value in one.items()}
    np.savez(folder / "ours.npz", notes=json.dumps(notes), **flat)


def _learners(contract: Contract, given: Arrays, inside: Any, knobs: Train) -> Iterator[tuple[str, Floats, str]]:
    """Name, probabilities of the held rows, and what was chosen; the model first, for its knobs serve the others."""
    matrix, label, group = (given[name][inside] for name in ("matrix", "label", "group"))
    asked = given["matrix"][~inside]
    model, chosen, tuned = fit(contract, matrix, label, group, knobs)
    yield MODEL, model.probability(asked), chosen
    boosting = HistGradientBoostingClassifier(random_state=knobs.seed).fit(matrix, label)
    yield DEFAULT, boosting.predict_proba(asked)[:, 1], ""
    for name in dict.fromkeys([*SIMPLE, *knobs.learners]):
        member = fit_member(name, contract, matrix, label, tuned, group)
        score = member.score(asked)
        yield name, np.clip(score, 0, 1) if name == FOREST else expit(score), ""


def _knobs(params: Params) -> Train:
    """With a rule that earns most at the costs of the problem, as on the ladder of discovery."""
    threshold = Decision.of(params.problem).threshold
    rule = params.train.rule.model_copy(update={"break_even": threshold if threshold < 1 else None})
    return params.train.model_copy(update={"rule": rule})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
