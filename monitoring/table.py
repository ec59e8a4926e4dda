"""Customer rows as the table that the report compares: float64 numbers, text or None for everything else."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.contract import Contract
from churn.data.conform import conform_to
from churn.errors import TableError

PREDICTION = "predicted probability"
FAR = 1e12  # farther out, a histogram of one value has no width in floating point and the report fails
FLAGS = {1.0: "true", 0.0: "false"}


def as_table(
    contract: Contract, rows: Sequence[Mapping[str, Any]], probability: npt.ArrayLike, *, sample_rows: int, seed: int
) -> pd.DataFrame:
    """Features in the order of the contract and the predicted probability, at most `sample_rows` of them.

    An absent key, NaN and a word that means 'missing' become NaN (numbers) or None. Numbers are
    clipped at a million millions. The draw repeats for a seed.
    Raises TableError for a value that is not of its kind, or a feature with the name of the prediction.
    """
    if PREDICTION in contract.features:
        raise TableError(f"column '{PREDICTION}' has the name of the prediction; rename it in the data")
    raw = pd.DataFrame(list(rows), columns=list(contract.features), dtype=object)
    table = conform_to(contract, raw)
    numbers = [column.name for column in contract.columns if column.kind == "number"]
    table[numbers] = table[numbers].clip(-FAR, FAR)
    for name in [column.name for column in contract.columns if column.kind == "boolean"]:
        table[name] = pd.Series([FLAGS.get(value) for value in table[name]], dtype=object)
    table[PREDICTION] = np.asarray(probability, dtype=np.float64)
    return table if len(table) <= sample_rows else table.sample(sample_rows, random_state=seed).reset_index(drop=True)
