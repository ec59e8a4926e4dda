"""Compare the server with itself beside a shadow, an empty FastAPI endpoint and `mlflow models serve`, side by side.

`python -m bench.serving` takes about ten minutes and writes state/bench/serving.json and serving.png.
Loads are interleaved, so that whatever else the machine does meets every contender alike.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import report
from bench.contenders import JSON, Contender, Row, running
from bench.load import Load, load
from churn.bundle.open import open_bundle
from churn.contract import Contract

HOME = Path("state/bench")
BATCH = 1000
DISTINCT = 100  # customers that a load asks about in turn
WARM_SECONDS = 2
BATCH_CONNECTIONS = 2

Loads = dict[str, list[Load]]


def main() -> None:
    """Measure, print, write."""
    chosen = _options()
    workspace = HOME / "workspace"
    subprocess.run([sys.executable, "-m", "bench.workspace", str(workspace)], check=True)
    rows = _customers(workspace)
    with running(workspace, rows, chosen.only) as contenders:
        single, batch = measure(contenders, rows, chosen.connections, chosen.rounds, chosen.seconds)
        found: dict[str, Any] = {
            "seconds": chosen.seconds,
            "ready_seconds": {c.name: c.ready_seconds for c in contenders},
            "resident_mib": {c.name: c.resident() for c in contenders},
            "single": {key: [asdict(one) for one in loads] for key, loads in single.items()},
            "batch": {key: [asdict(one) for one in loads] for key, loads in batch.items()},
        }
    (HOME / "serving.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    report.show(found, BATCH)
    report.plot(found, HOME / "serving.png")


def measure(
    contenders: list[Contender], rows: list[Row], connections: list[int], rounds: int, seconds: float
) -> tuple[Loads, Loads]:
    """Load each contender in turn, `rounds` times over; by "name/connections"."""
    single: Loads = defaultdict(list)
    batch: Loads = defaultdict(list)
    for c in contenders:
        _ask(c, rows, 16, WARM_SECONDS)
    for round_number in range(rounds):
        for number in connections:
            for c in contenders:
                _tell(f"round {round_number + 1}: {c.name}, {number} connections")
                single[f"{c.name}/{number}"].append(_ask(c, rows, number, seconds))
        for c in contenders:
            if c.batch_path:
                _tell(f"round {round_number + 1}: {c.name}, batches")
                body = c.many((rows * (BATCH // len(rows) + 1))[:BATCH])
                batch[c.name].append(load(c.url(c.batch_path), [body], JSON | c.headers, BATCH_CONNECTIONS, seconds))
    return single, batch


def _ask(contender: Contender, rows: list[Row], connections: int, seconds: float) -> Load:
    bodies = [contender.one(row) for row in rows]
    return load(contender.url(contender.path), bodies, JSON | contender.headers, connections, seconds)


def _customers(workspace: Path) -> list[Row]:
    """Reference rows of the bundle, with an id and a month as a real caller would send them."""
    pointer = json.loads((workspace / "state" / "bundles" / "champion.json").read_text(encoding="utf-8"))
    bundle = open_bundle(Path(pointer["folder"]))
    return [_labelled(bundle.contract, number, row) for number, row in enumerate(bundle.reference().rows[:DISTINCT])]


def _labelled(contract: Contract, number: int, row: Row) -> Row:
    values = {
        column.name: bool(row[column.name]) if column.kind == "boolean" else row[column.name] for column in contract.columns
    }
    labels = {contract.id: f"C{number:06d}", contract.snapshot: "2026-01"}
    return values | {name: value for name, value in labels.items() if name}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Load the server and its alternatives side by side.")
    parser.add_argument("--seconds", type=float, default=15, help="length of one load; below 15, p99 means little")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--only", nargs="+", default=["ours", "shadow", "empty", "mlflow"], help="contenders to start")
    parser.add_argument("--workers", type=int, metavar="N", help="measure our server with N processes as well, as oursN")
    chosen = parser.parse_args()
    chosen.only += [f"ours{chosen.workers}"] if chosen.workers else []
    return chosen


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
