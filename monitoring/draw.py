"""The pictures of one window: the Evidently report of its rows beside the reference. Importing this takes seconds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from churn.bundle.open import Bundle
from churn.params import Params
from monitoring.figures import Figures
from monitoring.report import Reported, make_report
from monitoring.table import as_table


def draw(bundle: Bundle, rows: Sequence[Mapping[str, Any]], figures: Figures, params: Params, folder: Path) -> Reported:
    """Write the report of a window into the folder. rows: features and probability of each."""
    policy, seed, reference = params.monitoring, params.train.seed, bundle.reference()
    before = as_table(bundle.contract, reference.rows, reference.probability, sample_rows=policy.sample_rows, seed=seed)
    features, probability = [row["features"] for row in rows], [row["probability"] for row in rows]
    after = as_table(bundle.contract, features, probability, sample_rows=policy.sample_rows, seed=seed)
    rate, name = policy.false_discovery_rate, figures.snapshot
    return make_report(bundle.contract, before, after, figures.comparisons, snapshot=name, folder=folder, rate=rate)
