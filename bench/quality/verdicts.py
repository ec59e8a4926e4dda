"""The verdict of discovery on tables as they are, and on the same tables with shuffled labels."""

from collections import Counter
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from bench.quality.tables import Table
from churn import params as configuration
from churn.data.labelled import Labelled
from churn.discovery import assess
from churn.discovery.judge import Verdict
from churn.params import Params

SHIPPED = Path(str(files("churn") / "templates" / "params.yaml"))
Found = dict[str, Any]


def measure(tables: Iterable[Table], repetitions: int, params: Params) -> tuple[Found, str]:
    """The verdicts as values and as text."""
    found, lines = {}, []
    for table in tables:
        own = params.model_copy(update={"data": table.data})
        real = _verdict(table.rows, own)
        words = Counter(_verdict(shuffled(table.rows, seed), own).word for seed in range(repetitions))
        found[table.name] = {"verdict": real.word, "learner": real.learner, "reason": real.reason, "shuffled": dict(words)}
        named = f" ({real.learner})" if real.learner else ""
        chance = ", ".join(f"{word} {count}" for word, count in words.most_common())
        lines.append(f"{table.name}: {real.word}{named}; with shuffled labels: {chance or 'not tried'}\n")
    return found, "".join(lines)


def shuffled(rows: Labelled, seed: int) -> Labelled:
    """The same customers with each other's outcomes."""
    return Labelled(rows.frame, np.random.default_rng(seed).permutation(rows.label), rows.group, rows.snapshot)


def _verdict(rows: Labelled, params: Params) -> Verdict:
    return assess(rows, params, configuration.load(SHIPPED)).verdict
