"""Run learners as processes and keep what they predict; a peer's answer to the same question is asked for once."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.quality.ours import DEFAULT, MODEL, answer
from churn.params import Params

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


def learners(params: Params) -> list[str]:
    """The project's, from the simplest on; the model last."""
    simple = ["rule", "few_columns"]
    return [*simple, *(name for name in params.train.learners if name not in simple), DEFAULT, MODEL]


def run_ours(folder: Path, names: Sequence[str], params: Path) -> Iterator[Run]:
    """Fit the project's learners: the model in a process of its own, the others in another."""
    for part in ([name for name in names if name != MODEL], [name for name in names if name == MODEL]):
        targets = {name: answer(folder, name) for name in part}
        if part:
            _run(
                ", ".join(part), targets.values(), [sys.executable, "-m", "bench.quality.ours", folder, params, *part], OWN_PATH
            )
        yield from (_read(name, False, target) for name, target in targets.items())


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
            _run(name, [target], command, "")
        yield _read(name, True, target)


def peer_python(name: str) -> Path:
    """The interpreter of an environment of the peers'; autogluon has one of its own."""
    return ROOT / (".venv-autogluon" if name == "autogluon" else ".venv-peers") / "bin" / "python"


def _run(name: str, targets: Iterable[Path], command: Sequence[object], python_path: str) -> None:
    """Run a command that must leave the `targets`."""
    for target in targets:
        target.unlink(missing_ok=True)
    environment = os.environ | {"PYTHONPATH": python_path}
    ended = subprocess.run([*map(str, command)], env=environment, capture_output=True, text=True, check=False, timeout=LONGEST)
    if ended.returncode:
        raise RuntimeError(f"{name} failed: {(ended.stderr.strip().splitlines() or ['no word'])[-1]}")


def _read(name: str, peer: bool, target: Path) -> Run:
    found = np.load(target)
    seconds, cpu = float(np.mean(found["seconds"])), float(np.mean(found["cpu_seconds"]))
    return Run(name, peer, found["probability"], seconds, cpu, float(found["peak_bytes"]), json.loads(str(found["notes"])))
