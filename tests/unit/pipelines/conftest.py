"""What the tests of flows share."""

from importlib.resources import files
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def template() -> Path:
    """The params.yaml that the program comes with."""
    return Path(str(files("churn") / "templates" / "params.yaml"))
