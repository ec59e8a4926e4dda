"""A small table of 300 customers, of whom some have two rows."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.quality.tables import Source, Table, read
from churn import params as configuration
from churn.params import Params


@pytest.fixture(scope="session")
def table(tmp_path_factory, params) -> Table:
    random = np.random.default_rng(3)
    use, plan = random.normal(size=300), random.choice(["a", "b"], 300)
    left = random.random(300) < 1 / (1 + np.exp(1.5 - use - (plan == "a")))
    names = np.arange(300) % 250
    path: Path = tmp_path_factory.mktemp("bench") / "small.csv"
    pd.DataFrame({"who": names, "use": use, "plan": plan, "left": np.where(left, "Yes", "No")}).to_csv(path, index=False)
    return read(Source("small", path, "left", "Yes", "who"), params)


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """The params.yaml that the program comes with, but for two quick learners and no tuning."""
    text = (Path(__file__).parents[3] / "src/churn/templates/params.yaml").read_text(encoding="utf-8")
    quick = re.sub(r"learners: \[.*\]", "learners: [logistic, boosting]", text, count=1)
    path: Path = tmp_path_factory.mktemp("knobs") / "params.yaml"
    path.write_text(re.sub(r"trials: \d+", "trials: 0", quick), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def params(template) -> Params:
    return configuration.load(template)
