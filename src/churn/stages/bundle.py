"""Model, decision, figures and reference rows to the bundle."""

import numpy as np
import numpy.typing as npt

from churn import params as configuration
from churn import versioning
from churn.bundle.manifest import Lineage
from churn.bundle.pack import pack
from churn.decision import Decision
from churn.model import Progress
from churn.stages.places import BUNDLE, EVALUATION, MODEL, read
from churn.stages.rows import judged


def run(_: Progress) -> list[str]:
    """Tells nothing."""
    params = configuration.load()
    rows, asked = judged()
    kept = _drawn(len(rows), params.bundle.reference_rows, params.train.seed)
    lineage = Lineage(data=versioning.data_hash(), params=params.digest, commit=versioning.commit_of_sources())
    figures, decision = read(EVALUATION / "figures.json"), Decision.of(params.problem)
    pack(MODEL, BUNDLE, decision, figures, rows.where(kept), asked.judged.probability[kept], lineage)
    return []


def _drawn(rows: int, most: int, seed: int) -> npt.NDArray[np.bool_]:
    """Which rows become reference rows: bools of length `rows`."""
    return np.isin(np.arange(rows), np.random.default_rng(seed).permutation(rows)[:most])
