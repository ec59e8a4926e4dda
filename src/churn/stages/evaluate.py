"""Test rows to figures with intervals, tables, pictures and the report."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from churn import params as configuration
from churn.contract import encode
from churn.data.conform import columns_of
from churn.data.labelled import Labelled, in_time
from churn.evaluate.importance import Asked
from churn.evaluate.measure import History, measure
from churn.evaluate.simplest import against_rule
from churn.evaluate.write import write
from churn.model import Progress
from churn.params import Params
from churn.stages.places import EVALUATION, REFITS, SAMPLE, TRAIN, contest, read
from churn.stages.rows import judged


def run(_: Progress) -> list[str]:
    """Tells nothing."""
    params, learned = configuration.load(), Labelled.read(TRAIN)
    rows, asked = judged()
    measured = measure(rows, asked, params, History(contest(), len(learned), pd.read_parquet(REFITS)))
    found = measured.found | {"rule": _rule(learned, asked, params), "made_of": _made_of(learned, rows)}
    if params.split.customers < 1:
        found["sample"] = read(SAMPLE)
    write(EVALUATION, replace(measured, found=found), params)
    return []


def _rule(learned: Labelled, asked: Asked, params: Params) -> dict[str, Any]:
    """What the model is worth beside the best rule of the rows that it learned from."""
    matrix = encode(asked.contract, columns_of(learned.frame, asked.contract))
    return against_rule(asked.contract, matrix, learned.label, asked, params)


def _made_of(learned: Labelled, judged: Labelled) -> dict[str, Any]:
    """Names of the snapshots learned from, oldest first, and the newest one of all rows."""
    names = in_time(np.concatenate([learned.snapshot, judged.snapshot]))
    return {"learned": in_time(learned.snapshot), "newest": names[-1]}
