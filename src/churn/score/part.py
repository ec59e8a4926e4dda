"""Score one part of a plan. All that this needs stands in the plan, so any process on any machine may do it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from churn.bundle.open import Bundle, open_bundle
from churn.errors import BundleCorrupt
from churn.score.answers import Answered, Rejected, answer, split
from churn.score.explain import explain
from churn.score.plan import Asked, Part, Plan
from churn.score.read import blocks
from churn.score.text import Wrong
from churn.score.write import Counts, Target


def name_of(part: Part) -> str:
    """The file of a part in the result."""
    return f"part-{part.number:05d}.parquet"


def score(plan: Plan, part: Part, target: Target) -> Counts:
    """Score a part and write it, unless it is there already."""
    name = name_of(part)
    if target.exists(name):
        return target.counts(name)
    wrong: list[Rejected] = []
    return target.write(name, _answers(plan, part, wrong), wrong)


def reasons(plan: Plan, part: Part, rows: npt.NDArray[np.int64], most: int) -> dict[int, list[dict[str, Any]]]:
    """The strongest reasons of some rows of a part, read again; `rows` counts those of the part that were scored, from 0."""
    bundle, found, done = bundle_of(plan.asked), dict[int, list[dict[str, Any]]](), 0
    for block in blocks(plan, part, bundle.contract, []):
        matrix, sound, _ = split(bundle, block)
        here = rows[(rows >= done) & (rows < done + len(matrix))] - done
        explained = explain(bundle, sound, matrix, here.tolist(), most)
        found |= {done + row: told for row, told in explained.items()}
        done += len(matrix)
    return found


def _answers(plan: Plan, part: Part, rejected: list[Rejected]) -> Iterator[Answered]:
    bundle = bundle_of(plan.asked)
    file, wrong = plan.sources[part.file].address, list[Wrong]()
    for block in blocks(plan, part, bundle.contract, wrong):
        yield answer(bundle, plan.asked, block, file)
    rejected += [Rejected(file, part.rows_before + one.number, "", one.reason) for one in wrong]


@lru_cache(maxsize=1)
def bundle_of(asked: Asked) -> Bundle:
    """Opened once in a process. Raises BundleCorrupt if another one stands there than was asked for."""
    bundle = open_bundle(Path(asked.bundle))
    if bundle.fingerprint != asked.fingerprint:
        raise BundleCorrupt(f"{asked.bundle} is not the bundle that this run began with; put that back, or score anew")
    return bundle
