"""The MLflow server of the stack: where it keeps runs, models and files, and who may ask it."""

import os
import secrets
import sys

from churn.settings import Settings, tracking_login
from pipelines.service import Service

USERS = """[mlflow]
default_permission = READ
database_uri = sqlite:///{folder}/mlflow-users.db
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
auth_cache_ttl_seconds = 60
"""  # the cache saves hashing the password at every request; with one worker it never goes stale


def tracking_server(settings: Settings) -> Service | None:
    """None where MLFLOW_TRACKING_URI names a server that somebody else runs."""
    if settings.tracking_store is None:
        return None
    port, here = settings.mlflow_port, f"{settings.inner_host}:{settings.mlflow_port}"
    files = os.environ.get("MLFLOW_ARTIFACTS_DESTINATION") or (settings.state / "mlartifacts").as_uri()
    more = filter(None, [os.environ.get("MLFLOW_SERVER_ALLOWED_HOSTS")])
    command = [
        "mlflow", "server", "--host", settings.shared_host or settings.loopback, "--port", str(port), "--workers", "1",
        "--backend-store-uri", settings.tracking_store, "--artifacts-destination", files,
        "--allowed-hosts", ",".join([here, f"localhost:{port}", *more]),
    ]  # fmt: skip
    guard = _guard(settings)
    return Service(
        "mlflow",
        [sys.executable, "-m", *command, *(["--app-name", "basic-auth"] if guard else [])],
        "CHURN_MLFLOW_PORT",
        port,
        f"http://{here}/health",
        f"http://{here}/#/models",
        settings.shared_host or settings.loopback,
        guard,
    )


def _guard(settings: Settings) -> dict[str, str]:
    """What guards the server; empty where no login is set.

    That login becomes the administrator's when the server first starts; MLflow keeps its users in a database of its own.
    """
    login = tracking_login()
    if login is None:
        return {}
    users = settings.state / "mlflow-users.ini"
    settings.state.mkdir(parents=True, exist_ok=True)
    users.write_text(USERS.format(folder=str(settings.state).replace("%", "%%")), encoding="utf-8")
    return {
        "MLFLOW_AUTH_CONFIG_PATH": os.environ.get("MLFLOW_AUTH_CONFIG_PATH") or str(users),
        "MLFLOW_AUTH_ADMIN_USERNAME": login[0],
        "MLFLOW_AUTH_ADMIN_PASSWORD": login[1],
        "MLFLOW_FLASK_SERVER_SECRET_KEY": os.environ.get("MLFLOW_FLASK_SERVER_SECRET_KEY") or secrets.token_hex(32),
    }
