"""Compare `churn score` with scikit-learn on chunks of pandas and with bare reading and writing, over tables of several sizes.

`python -m bench.scoring` writes state/bench/scoring.json and scoring.png. Each contender runs in a process of its own, whose
highest memory counts; seconds are those of the work, without imports. Processor seconds tell most on a busy machine.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HOME = Path("state/bench")
CHUNK = 100_000  # rows of pandas
GROUP = 250_000  # rows of a row group
SEED = 7

Figures = dict[str, Any]


def main() -> None:
    """Measure, print, write; or, as `--do NAME`, be one of the contenders."""
    chosen = _options()
    if chosen.do:
        sys.stdout.write(json.dumps(_timed(chosen.do, chosen.table, chosen.workspace)) + "\n")
        return
    if chosen.workspace == HOME / "workspace":
        subprocess.run([sys.executable, "-m", "bench.workspace", str(chosen.workspace)], check=True)
    HOME.mkdir(parents=True, exist_ok=True)
    found = [_run(name, _table(chosen.workspace, rows), rows, chosen.workspace) for rows in chosen.rows for name in chosen.only]
    (HOME / "scoring.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for one in found:
        sys.stdout.write(_line(one) + "\n")
    plot(found, HOME / "scoring.png")


def _run(name: str, table: Path, rows: int, workspace: Path) -> Figures:
    """One contender on one table."""
    sys.stderr.write(f"{name}, {rows:,} rows\n")
    command = [sys.executable, "-m", "bench.scoring", "--do", name, "--table", str(table), "--workspace", str(workspace)]
    told = subprocess.run(command, stdout=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True).stdout
    found: Figures = json.loads(told)
    return {"name": name, "rows": rows} | found


def _timed(name: str, table: Path, workspace: Path) -> Figures:
    """Seconds of the work, and the highest memory of this process in MiB as Linux counts it."""
    work = CONTENDERS[name](table, workspace)
    start, cpu = time.perf_counter(), time.process_time()
    work()
    spent = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return spent | {"peak_mib": int(status.partition("VmHWM:")[2].split()[0]) / 1024}


def _ours(table: Path, workspace: Path) -> Any:
    """`churn score`, as the command does it."""
    from churn.score import job  # noqa: PLC0415
    from churn.score.model import chosen  # noqa: PLC0415

    out = HOME / "scored"
    shutil.rmtree(out, ignore_errors=True)
    asked = chosen(None, workspace / "artifacts" / "bundle")
    return lambda: job.score_all(str(table), str(out), asked)


def _pandas(table: Path, workspace: Path) -> Any:
    """The model as scikit-learn fitted it, on chunks that pandas reads, converts and writes."""
    import joblib  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    from churn.contract import Contract, encode  # noqa: PLC0415
    from churn.data.conform import columns_of, conform_to  # noqa: PLC0415

    contract = Contract.read(workspace / "artifacts" / "bundle" / "contract.json")
    model = joblib.load(_model(workspace))
    out = HOME / "pandas"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)

    def work() -> None:
        for number, batch in enumerate(pq.ParquetFile(table).iter_batches(CHUNK)):
            frame = batch.to_pandas()
            matrix = encode(contract, columns_of(conform_to(contract, frame), contract))
            scores = pd.DataFrame({"id": frame["id"], "probability": model.probability(matrix)})
            scores.to_parquet(out / f"{number}.parquet", index=False)

    return work


def _limit(table: Path, workspace: Path) -> Any:  # noqa: ARG001 - all contenders are called alike
    """Read every column and write it again."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    def work() -> None:
        file = pq.ParquetFile(table)
        with pq.ParquetWriter(HOME / "copied.parquet", file.schema_arrow, compression="zstd") as writer:
            for batch in file.iter_batches(1 << 16):
                writer.write_batch(batch)

    return work


CONTENDERS = {"ours": _ours, "pandas": _pandas, "limit": _limit}


def _model(workspace: Path) -> Path:
    """The model of the bundle, fitted again from the same rows and knobs, since a bundle holds no scikit-learn; kept."""
    import joblib  # noqa: PLC0415

    from churn.model import train  # noqa: PLC0415
    from churn.stages.places import contest  # noqa: PLC0415
    from churn.stages.rows import learned, tuned  # noqa: PLC0415

    kept = HOME / f"{workspace.name}.joblib"
    if not kept.exists():
        here = Path.cwd()
        os.chdir(workspace)
        knobs = tuned().model_copy(update={"learners": tuple(contest()["chosen"].split("+"))})
        model, _ = train(*learned(), knobs)
        os.chdir(here)
        joblib.dump(model, kept)
    return kept


def _table(workspace: Path, rows: int) -> Path:
    """A Parquet table of held-out customers drawn with replacement, each under a name of its own."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    from churn.data.labelled import Labelled  # noqa: PLC0415

    path = HOME / f"{workspace.name}-{rows}.parquet"
    if not path.exists():
        frame = Labelled.read(workspace / "artifacts" / "prepared" / "test.parquet").frame
        random, writer = np.random.default_rng(SEED), None
        for first in range(0, rows, GROUP):
            count = min(GROUP, rows - first)
            drawn = frame.iloc[random.integers(0, len(frame), count)]
            part = pa.Table.from_pandas(drawn.assign(id=[f"C{first + at:010}" for at in range(count)]), preserve_index=False)
            writer = writer or pq.ParquetWriter(path, part.schema)
            writer.write_table(part)
        if writer:
            writer.close()
    return path


def _line(one: Figures) -> str:
    rates = one["rows"] / one["seconds"], one["rows"] / one["cpu_seconds"]
    told = f"{one['seconds']:9.2f} s {rates[0]:12,.0f} rows/s {rates[1]:12,.0f} rows per second of processor"
    return f"{one['name']:8}{one['rows']:12,} rows {told} {one['peak_mib']:8,.0f} MiB"


def plot(found: list[Figures], path: Path) -> None:
    """Processor seconds and highest memory by the number of rows."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import, and needed at the end only

    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, key, label in zip(figure.subplots(1, 2), ("cpu_seconds", "peak_mib"), ("CPU seconds", "MiB"), strict=True):
        for name in dict.fromkeys(one["name"] for one in found):
            points = {one["rows"]: one[key] for one in found if one["name"] == name}
            axes.plot(list(points), list(points.values()), marker="o", label=name)
        axes.set(xscale="log", xlabel="rows", ylabel=label, yscale="log" if key == "cpu_seconds" else "linear")
        axes.legend()
    figure.savefig(path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Score tables of several sizes, side by side.")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--only", nargs="+", default=list(CONTENDERS), choices=list(CONTENDERS))
    parser.add_argument("--workspace", type=Path, default=HOME / "workspace", help="whose model and customers are taken")
    parser.add_argument("--do", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
