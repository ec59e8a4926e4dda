"""The leak guard on real columns, which are honest, and on planted ones, which are the answer in disguise."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from bench.quality.planted import PLANTS
from bench.quality.tables import Table
from churn.leak import suspects
from churn.params import Params

Found = dict[str, Any]


def measure(tables: Iterable[Table], params: Params) -> tuple[Found, str]:
    """Which honest columns are accused, and which planted ones are missed, as values and as text."""
    honest, accused, planted, missed = 0, [], 0, []
    for table in tables:
        label, group = table.rows.label, table.rows.group
        honest += len(table.rows.frame.columns)
        accused += [f"{table.name}.{one.column}" for one in suspects(table.rows.frame, label, group) if one.accused]
        random = np.random.default_rng(params.train.seed)
        disguised = pd.DataFrame({f"extra {i}": plant(label, random) for i, plant in enumerate(PLANTS.values())})
        caught = {one.column for one in suspects(disguised, label, group) if one.accused}
        planted += len(PLANTS)
        missed += [f"{table.name}.{name}" for i, name in enumerate(PLANTS) if f"extra {i}" not in caught]
    found = {"honest": honest, "accused": accused, "planted": planted, "missed": missed}
    return found, _text(found)


def _text(found: Found) -> str:
    accused, missed, planted = found["accused"], found["missed"], found["planted"]
    return (
        f"leak guard: {len(accused)} of {found['honest']} honest columns accused: {accused or 'none'}\n"
        f"leak guard: {planted - len(missed)} of {planted} disguised columns found, missed: {missed or 'none'}\n"
    )
