"""A table of any number of customers who leave by a known law: `python -m bench.scale.customers ROWS FOLDER`.

FOLDER becomes a workspace whose data/ holds them: 24 numbers and 6 categories, of which a third say who leaves.
"""

import sys
from collections.abc import Iterator
from importlib.resources import files
from io import StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from churn import versioning, workspace

NUMBERS, CATEGORIES, LEVELS = 24, 6, (3, 4, 8, 12, 25, 60)
GROUP, SEED = 250_000, 7  # rows of a row group
SAMPLE = 20_000  # rows that a model is made of, at most
NAMES = [f"number_{i}" for i in range(NUMBERS)]
TEXTS = [f"category_{i}" for i in range(CATEGORIES)]


def main(rows: int, folder: Path) -> None:
    """Write the workspace; a table that is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dvc.yaml").is_file():
        workspace.scaffold(folder, params(rows), own_git=True)
    (folder / "data").mkdir(exist_ok=True)
    path, beside = folder / "data" / "customers.parquet", folder / "unfinished.parquet"
    if path.is_file():
        return
    writer = None
    for table in tables(rows):
        writer = writer or pq.ParquetWriter(beside, table.schema, compression="zstd")
        writer.write_table(table)
    if writer:
        writer.close()
        beside.replace(path)
    versioning.pin(folder)


def tables(rows: int) -> Iterator[pa.Table]:
    """The table, a row group at a time; each begins its own stream of random numbers."""
    for first in range(0, rows, GROUP):
        count, random = min(GROUP, rows - first), np.random.default_rng([SEED, first])
        numbers = random.normal(0, 1, (NUMBERS, count)).astype(np.float32)
        codes = [random.integers(0, levels, count) for levels in LEVELS]
        odds = -2 + numbers[0] - 0.7 * numbers[1] + 0.8 * np.maximum(numbers[2], 0) + 0.6 * numbers[3] * (numbers[4] > 0)
        odds += np.sin(codes[2] * 1.7) * 0.8 + np.sin(codes[4] * 0.9) * 0.6 + 0.3 * numbers[5] * numbers[6]
        left = random.random(count) < 1 / (1 + np.exp(-odds))
        gaps = random.random(count) < 0.05
        columns = {"customer_id": pa.array([f"C{first + i:010}" for i in range(count)])}
        columns |= {name: pa.array(column.round(2), mask=gaps) for name, column in zip(NAMES, numbers, strict=True)}
        columns |= {
            name: pa.array([f"level {i}" for i in range(levels)]).take(pa.array(code))
            for name, levels, code in zip(TEXTS, LEVELS, codes, strict=True)
        }
        yield pa.table(columns | {"churned": pa.array(["No", "Yes"]).take(pa.array(left.astype(np.int64)))})


def params(rows: int) -> str:
    """The knobs that the program comes with for this table, two learners as they are, and a sample of at most SAMPLE rows."""
    yaml = YAML()
    said = yaml.load((files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8"))
    said["name"] = "scale"
    said["data"] |= {"target": "churned", "positive": "Yes", "id": "customer_id", "snapshot": None}
    said["data"]["columns"] = dict.fromkeys(NAMES, "number") | dict.fromkeys(TEXTS, "category")
    said["train"] |= {"learners": ["logistic", "boosting"]}
    said["train"]["tune"]["trials"] = 0
    said["split"]["customers"] = min(1.0, SAMPLE / rows)
    text = StringIO()
    yaml.dump(said, text)
    return text.getvalue()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]).absolute())
