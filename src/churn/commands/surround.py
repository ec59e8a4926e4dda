"""The environment of a command that starts the stack."""

import os

from churn.settings import Settings


def surround() -> Settings:
    """Load the settings and set the environment before Prefect is imported, which reads it once."""
    from churn import settings  # noqa: PLC0415
    from pipelines.stack import environment  # noqa: PLC0415

    chosen = settings.load()
    os.environ.update(environment(chosen))
    return chosen
