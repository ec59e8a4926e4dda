"""Free ports, so that a demo does not disturb a system that is running."""

import os
import socket

VARIABLES = ("CHURN_PORT", "CHURN_PREFECT_PORT", "CHURN_MLFLOW_PORT", "CHURN_EVIDENTLY_PORT")


def use_free_ports() -> None:
    """Point every port variable that is not set at a port nobody uses."""
    held = [socket.socket() for _ in VARIABLES]
    for variable, probe in zip(VARIABLES, held, strict=True):
        probe.bind(("127.0.0.1", 0))
        os.environ.setdefault(variable, str(probe.getsockname()[1]))
    for probe in held:
        probe.close()
