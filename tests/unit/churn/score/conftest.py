"""A small real bundle, and customers for it."""

import numpy as np
import pandas as pd
import pytest

from churn.bundle.open import open_bundle
from churn.score.plan import Asked
from support.tiny import build_bundle


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    return open_bundle(build_bundle(tmp_path_factory.mktemp("bundle") / "bundle"))


@pytest.fixture(scope="session")
def asked(bundle):
    """Scores by this bundle, nothing kept and nothing explained."""
    return Asked(bundle=str(bundle.folder), fingerprint=bundle.fingerprint, version="7")


@pytest.fixture(scope="session")
def customers():
    """A table as a warehouse gives it."""
    random = np.random.default_rng(3)
    count = 500
    return pd.DataFrame(
        {
            "customer id": [f"C{number}" for number in range(count)],
            "month": "2026-02",
            "tenure": random.integers(0, 72, count),
            "Total day charge": np.where(random.random(count) < 0.1, np.nan, random.normal(30, 9, count).round(2)),
            "class": random.choice(["basic", "plus", "pro", "new"], count),
            "model_config": random.choice([True, False], count),
            "_score": random.random(count),
            "region": random.choice(["north", "south"], count),
        }
    )


@pytest.fixture(scope="session")
def expected(bundle, customers):
    """What the bundle says of the customers row by row, as the server would."""
    plain = customers.astype(object).where(customers.notna(), None)
    return bundle.score_rows([[row[name] for name in bundle.contract.features] for row in plain.to_dict(orient="records")])
