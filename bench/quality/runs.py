"""Run learners as processes and keep what they predict; a peer's answer to the same question is asked for once."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.quality.ours import MODEL
from bench.watch import watched

ROOT = Path(__file__).parents[2]
OWN_PATH = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
PEERS = Path(__file__).with_name("peers.py")
LONGEST = 6 * 3600.0  # seconds
LEAST_SECONDS = 30  # for which AutoGluon fits anything at all
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """Out-of-fold probabilities (n,) of one learner, and what they cost: seconds for each fold, bytes at the peak."""

    name: str
    peer: bool
    probability: Floats
    seconds: float
    cpu_seconds: float
    peak_bytes: float
    notes: list[str]


def run_ours(folder: Path, params: Path) -> list[Run]:
    """Fit all of the project's learners; the peak is that of the process in which all were fitted."""
    found = folder / "ours.npz"
    found.unlink(missing_ok=True)
    spent = watched([sys.executable, "-m", "bench.quality.ours", folder, params], OWN_PATH, LONGEST)
    told = dict(np.load(found))
    names = dict.fromkeys(key.partition("/")[0] for key in told if "/" in key)
    notes = json.loads(str(told["notes"]))
    return [_run(name, False, told, f"{name}/", spent.peak_bytes, notes if name == MODEL else []) for name in names]


def run_peers(folder: Path, names: Sequence[str], question: str, seconds: float) -> Iterator[Run]:
    """Fit each peer in the environment that has it, unless it answered `question`, the hash of its input, before.

    seconds: how long a fit of AutoGluon may take, which uses all the time it is given.
    """
    for name in names:
        limit = max(round(seconds), LEAST_SECONDS) if name == "autogluon" else 0
        asked = hashlib.sha256(f"{question}{limit}".encode() + PEERS.read_bytes()).hexdigest()[:16]
        target = folder / f"{name}-{asked}.npz"
        command = [peer_python(name), PEERS, folder, target, name, limit]
        if not target.exists():
            watched(command, "", LONGEST)
        told = dict(np.load(target))
        yield _run(name, True, told, "", float(told["peak_bytes"]), [])


def peer_python(name: str) -> Path:
    """The interpreter of an environment of the peers'; autogluon has one of its own."""
    return ROOT / (".venv-autogluon" if name == "autogluon" else ".venv-peers") / "bin" / "python"


def _run(name: str, peer: bool, told: dict[str, Any], prefix: str, peak: float, notes: list[str]) -> Run:
    seconds, cpu = (float(np.mean(told[f"{prefix}{key}"])) for key in ("seconds", "cpu_seconds"))
    return Run(name, peer, told[f"{prefix}probability"], seconds, cpu, peak, notes)
