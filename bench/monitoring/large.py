"""A large window: `python -m bench.monitoring.large` reads it from the store to the verdict, beside Evidently's preset.

Writes state/bench/large.json. Each contender has a process of its own; memory is the most that it and its helpers held
at a time.
"""

import argparse
import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from bench.monitoring.company import LEVELS, SHARES, Matrix
from bench.quality.runs import LONGEST, OWN_PATH
from bench.watch import watched
from churn import params as configuration
from churn.bundle.open import Reference
from churn.contract import Column, Contract
from churn.decision import Decision
from churn.store import Prediction, Store
from monitoring.counts import Floats
from monitoring.verdict import judge
from pipelines.observed import observe

HOME = Path("state/bench")
NUMBERS, TEXTS = 22, 8
ROWS, REFERENCE, BLOCK = 1_000_000, 100_000, 10_000
SNAPSHOT, VERSION = "2026-01", "1"
NAMES = [*(f"number {i}" for i in range(NUMBERS)), *(f"text {i}" for i in range(TEXTS))]


class Company:
    """What monitoring asks of a bundle, for thirty columns and a known score."""

    def __init__(self) -> None:
        numbers = [Column(name=name, kind="number", nullable=True, example=None) for name in NAMES[:NUMBERS]]
        texts = [Column(name=name, kind="category", nullable=True, example=None, levels=LEVELS) for name in NAMES[NUMBERS:]]
        columns = (*numbers, *texts)
        self.contract = Contract(target="left", positive="Yes", id="id", snapshot="month", missing_words=(), columns=columns)
        self.decision = Decision.of(configuration.load().problem)

    def reference(self) -> Reference:
        """The reference rows with their outcomes."""
        random = np.random.default_rng(1)
        rows = [row for block in blocks(REFERENCE, 1) for row in block]
        chance = self.score_matrix(matrix(rows))
        return Reference(rows, (random.random(len(rows)) < chance).astype(np.int64), chance, np.arange(len(rows)))

    def score_matrix(self, seen: Matrix) -> Floats:
        """Probabilities (n,)."""
        return np.asarray(1 / (1 + np.exp(2 - 0.6 * np.nan_to_num(seen[:, 0].astype(np.float64)))))


def blocks(count: int, seed: int) -> Iterator[list[dict[str, Any]]]:
    """Customer rows, so many at a time."""
    random = np.random.default_rng(seed)
    for _ in range(count // BLOCK):
        numbers = random.normal(0, 1, (BLOCK, NUMBERS)).round(3).tolist()
        texts = np.array(LEVELS)[random.choice(len(LEVELS), (BLOCK, TEXTS), p=SHARES)].tolist()
        yield [dict(zip(NAMES, [*left, *right], strict=True)) for left, right in zip(numbers, texts, strict=True)]


def matrix(rows: list[dict[str, Any]]) -> Matrix:
    """The column that the score reads."""
    return np.array([[row[NAMES[0]]] for row in rows], dtype=np.float32)


def fill(store: Store, count: int) -> None:
    """Log a window of new customers."""
    store.create()
    moment, company, made = datetime(2026, 1, 1, tzinfo=UTC), Company(), 0
    for rows in blocks(count, 2):
        chances = company.score_matrix(matrix(rows)).tolist()
        store.log(
            [
                Prediction(f"p{made + i}", moment, SNAPSHOT, f"C{made + i}", row, chance, False, VERSION, "data")
                for i, (row, chance) in enumerate(zip(rows, chances, strict=True))
            ]
        )
        made += len(rows)
    store.close()


def ours(url: str) -> str:
    """From the store to the verdict."""
    knobs, company = configuration.load(), Company()
    bundle: Any = company
    figures = observe(Store(url), bundle, VERSION, SNAPSHOT, knobs).figures
    return judge([figures], knobs.monitoring).state


def evidently(url: str) -> str:
    """From the store to Evidently's preset for drift, on data frames of the same rows."""
    from evidently import Dataset, Report  # noqa: PLC0415 - seconds
    from evidently.presets import DataDriftPreset  # noqa: PLC0415 - seconds

    current = pd.DataFrame([row["features"] for row in Store(url).window(SNAPSHOT, VERSION)])
    reference = pd.DataFrame(list(Company().reference().rows))
    run = Report([DataDriftPreset()]).run(Dataset.from_pandas(current), Dataset.from_pandas(reference))
    return f"{len(run.dict()['metrics'])} metrics"


CONTENDERS = {"ours": ours, "evidently": evidently}


def measured(name: str, url: str) -> dict[str, Any]:
    """Seconds of one contender in this process, without what it takes to start."""
    wall, own = perf_counter(), process_time()
    said = CONTENDERS[name](url)
    seconds = perf_counter() - wall
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = process_time() - own + helpers.ru_utime + helpers.ru_stime
    return {"contender": name, "seconds": seconds, "cpu_seconds": busy, "said": said}


def main() -> None:
    """Fill a store, and let each contender look at it in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"of the window; a multiple of {BLOCK:,}")
    parser.add_argument("--measure", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--store", help=argparse.SUPPRESS)
    parser.add_argument("--found", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        chosen.found.write_text(json.dumps(measured(chosen.measure, chosen.store)), encoding="utf-8")
        return
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.db"
        fill(Store(url), chosen.rows)
        found = [_apart(name, url, Path(folder) / "found.json") for name in CONTENDERS]
    HOME.mkdir(parents=True, exist_ok=True)
    report = {"rows": chosen.rows, "reference": REFERENCE, "columns": len(NAMES), "found": found}
    (HOME / "large.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _apart(name: str, url: str, found: Path) -> dict[str, Any]:
    what = ["--measure", name, "--store", url, "--found", found]
    spent = watched([sys.executable, "-m", "bench.monitoring.large", *what], OWN_PATH, LONGEST)
    one: dict[str, Any] = json.loads(found.read_text(encoding="utf-8")) | {"gigabytes": spent.peak_bytes / 1024**3}
    told = "{contender:10} {seconds:6.1f} s, {cpu_seconds:6.1f} s of processor, {gigabytes:4.2f} GB: {said}"
    sys.stdout.write(told.format(**one) + "\n")
    sys.stdout.flush()
    return one


if __name__ == "__main__":
    main()
