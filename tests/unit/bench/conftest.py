"""A small table of 300 customers, of whom some have two rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.quality.tables import Source, Table, read


@pytest.fixture(scope="session")
def table(tmp_path_factory) -> Table:
    random = np.random.default_rng(3)
    use, plan = random.normal(size=300), random.choice(["a", "b"], 300)
    left = random.random(300) < 1 / (1 + np.exp(1.5 - use - (plan == "a")))
    names = np.arange(300) % 250
    path: Path = tmp_path_factory.mktemp("bench") / "small.csv"
    pd.DataFrame({"who": names, "use": use, "plan": plan, "left": np.where(left, "Yes", "No")}).to_csv(path, index=False)
    return read(Source("small", path, "left", "Yes", "who"))


@pytest.fixture(scope="session")
def template() -> Path:
    """The params.yaml that the program comes with."""
    return Path(__file__).parents[3] / "src/churn/templates/params.yaml"
