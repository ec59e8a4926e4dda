"""How often the gate lets a candidate pass, in simulated worlds where the truth is known: `python -m bench.gate [TRIALS]`.

A customer has odds that nobody sees. Champion and candidate see them through noise, most of it the same for both, and are
calibrated. Noise of its own makes a candidate worse or better by a stated AUC.
"""

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from churn.decision import Decision
from churn.evaluate.figures import auc
from churn.gate import Candidate, Contestant, Rows, decide
from churn.params import Gate, load

ROWS = (500, 1000, 2000)
CASES = {  # how much more AUC the candidate has, and whether its data are newer
    "worse by 0.01": (-0.01, False),
    "worse by 0.01, newer": (-0.01, True),
    "equal": (0.0, False),
    "equal, newer": (0.0, True),
    "better by 0.01": (0.01, False),
    "better by 0.02": (0.02, False),
}
MEAN, SPREAD, SHARED, OWN = -1.5, 1.3, 0.4, 0.6  # of the log-odds; of the noise that both see and that each sees
MANY = 200_000


def main(trials: int) -> None:
    """Print a share of passes for each case, policy and number of rows."""
    params = load(Path(str(files("churn") / "templates" / "params.yaml")))
    costs = Decision.of(params.problem)
    _tell(["candidate", "gate.equal", *(f"{rows:,} rows" for rows in ROWS)])
    _tell(["---"] * (2 + len(ROWS)))
    for name, (gain, newer) in CASES.items():
        noise = _noise(gain)
        for equal in ("keep", "newer") if newer else ("keep",):
            policy = params.gate.model_copy(update={"equal": equal})
            found = [_share(rows, noise, newer, policy, costs, trials) for rows in ROWS]
            _tell([name, equal, *(f"{share:.1%}" for share in found)])


def _tell(cells: list[str]) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


def _share(rows: int, noise: float, newer: bool, policy: Gate, costs: Decision, trials: int) -> float:
    return float(np.mean([_passes(rows, noise, newer, policy, costs, seed) for seed in range(trials)]))


def _passes(rows: int, noise: float, newer: bool, policy: Gate, costs: Decision, seed: int) -> bool:
    label, champion, candidate = _world(rows, noise, seed)
    asked = Candidate(Contestant(candidate, 0.0, 0.0), Rows(label, np.arange(rows), {}), costs, 0.0, newer=newer)
    return decide(asked, Contestant(champion, 0.0, 0.0), policy).promote


def _world(rows: int, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes and the probabilities of both, (rows,) each."""
    random = np.random.default_rng(seed)
    odds, shared = random.normal(MEAN, SPREAD, rows), random.normal(0, SHARED, rows)
    label = (random.random(rows) < expit(odds)).astype(np.int64)
    return label, *(_seen(odds + shared, own, random) for own in (OWN, noise))


def _seen(view: np.ndarray, own: float, random: np.random.Generator) -> np.ndarray:
    """Calibrated probabilities of whoever sees the odds with noise of its own besides."""
    seen = view + random.normal(0, own, len(view)) if own else view
    signal, noise = SPREAD**2, SHARED**2 + own**2
    mean, left = MEAN + signal / (signal + noise) * (seen - MEAN), signal * noise / (signal + noise)
    return np.asarray(expit(mean / np.sqrt(1 + np.pi * left / 8)))  # MacKay (1992): the mean of expit over a normal


def _noise(gain: float) -> float:
    """The noise of its own that gives a candidate so much more AUC than the champion."""

    def missed(noise: float) -> float:
        label, champion, candidate = _world(MANY, noise, 0)
        return auc(label, candidate) - auc(label, champion) - gain

    return OWN if gain == 0 else float(brentq(missed, 0.0, 1.5, xtol=1e-3))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
