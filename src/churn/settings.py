"""The environment, typed: where things are. Read once, at the edge of the program."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from churn.errors import ParamsError

LOOPBACK = ("127.0.0.1", "localhost")
HERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}  # noqa: S104 - what to call a host that only binds

PREFECT_LOGIN = "PREFECT_SERVER_API_AUTH_STRING"
MLFLOW_LOGIN = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


class Settings(BaseSettings):
    """CHURN_* variables; paths are relative to the workspace, which is the current folder."""

    model_config = SettingsConfigDict(env_prefix="CHURN_", frozen=True, extra="ignore")

    state: Path = Path("state")
    store_url: str = ""
    api_keys: SecretStr = SecretStr("")
    api_keys_file: Path | None = None
    client_key: SecretStr = SecretStr("")
    alerts: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    shared_host: str = ""
    port: int = Field(8000, ge=1, le=65535)
    prefect_port: int = Field(4200, ge=1, le=65535)
    mlflow_port: int = Field(5000, ge=1, le=65535)
    evidently_port: int = Field(8001, ge=1, le=65535)
    allowed_hosts: str = ""
    workers: int = Field(1, ge=1, le=64)
    poll_seconds: float = Field(1.0, gt=0)
    answer_seconds: float = Field(10.0, gt=0)
    most_waiting: int = Field(64, ge=1)
    most_batches: int = Field(8, ge=1)
    answer_unrecorded: bool = False
    drain_seconds: float = Field(1.0, ge=0)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("api_keys_file", mode="before")
    @classmethod
    def named(cls, path: object) -> object:
        """A variable that is set to nothing names no file."""
        return path or None

    @field_validator("host")
    @classmethod
    def guarded(cls, host: str, info: ValidationInfo) -> str:
        """Without API keys nothing beyond this machine may reach the API."""
        keys, file = info.data.get("api_keys"), info.data.get("api_keys_file")
        if host not in LOOPBACK and not (host and (file or (keys and keys.get_secret_value().strip()))):
            raise ValueError(
                f"{host!r} is not a loopback address; use 127.0.0.1, or API keys (`churn key`, CHURN_API_KEYS_FILE)"
            )
        return host

    @field_validator("shared_host")
    @classmethod
    def locked(cls, host: str) -> str:
        """Without logins nothing beyond this machine may reach Prefect and MLflow."""
        if host and host not in LOOPBACK and not (os.environ.get(PREFECT_LOGIN) and tracking_login()):
            raise ValueError(
                f"{host!r} is not a loopback address; set {PREFECT_LOGIN} and {' and '.join(MLFLOW_LOGIN)} as well"
            )
        return host

    @model_validator(mode="after")
    def absolute(self) -> Self:
        """Make paths independent of the current folder, and default the store to a file in the state folder."""
        object.__setattr__(self, "state", self.state.absolute())
        if self.api_keys_file:
            object.__setattr__(self, "api_keys_file", self.api_keys_file.absolute())
        if not self.store_url:
            object.__setattr__(self, "store_url", f"sqlite:///{self.state / 'store.db'}")
        return self

    @property
    def tracking_uri(self) -> str:
        """MLFLOW_TRACKING_URI, or a SQLite file in the state folder."""
        return os.environ.get("MLFLOW_TRACKING_URI") or self._tracking_file

    @property
    def tracking_store(self) -> str | None:
        """The database of the MLflow server of `churn up`; None where MLFLOW_TRACKING_URI names one that others run."""
        if given := os.environ.get("MLFLOW_BACKEND_STORE_URI"):
            return given
        if not self.tracking_uri.startswith(("http://", "https://")):
            return self.tracking_uri
        own = {f"http://{name}:{self.mlflow_port}" for name in (self.inner_host, *LOOPBACK)}
        return self._tracking_file if self.tracking_uri.rstrip("/") in own else None

    @property
    def _tracking_file(self) -> str:
        return f"sqlite:///{self.state / 'mlflow.db'}"

    @property
    def bundles(self) -> Path:
        """Where downloaded bundles and the champion pointer live."""
        return self.state / "bundles"

    @property
    def features(self) -> Path:
        """Where `churn snapshots` keeps the newest snapshot for the server to look customers up in."""
        return self.state / "features.db"

    @property
    def reports(self) -> Path:
        """Where HTML reports are written."""
        return self.state / "reports"

    @property
    def client_headers(self) -> dict[str, str]:
        """What our own clients of the API send: the key that was given to them, if any."""
        key = self.client_key.get_secret_value()
        return {"X-API-Key": key} if key else {}

    @property
    def loopback(self) -> str:
        """Where that listens which knows no logins: this machine, wherever the API listens."""
        return self.host if self.host in LOOPBACK else LOOPBACK[0]

    @property
    def inner_host(self) -> str:
        """Where this machine finds Prefect and MLflow."""
        return HERE.get(self.shared_host, self.shared_host) or self.loopback

    @property
    def api_url(self) -> str:
        """Where a client on this machine finds the prediction server."""
        return f"http://{HERE.get(self.host, self.host)}:{self.port}"


def load() -> Settings:
    """Read the environment. Raises ParamsError naming the wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = f"CHURN_{str(wrong['loc'][0]).upper()}"
        raise ParamsError(f"environment variable {name}: {wrong['msg'].removeprefix('Value error, ')}") from error


def tracking_login() -> tuple[str, str] | None:
    """Name and password for the MLflow server; None where none is set. Raises ParamsError where one of the two is missing."""
    name, password = (os.environ.get(variable, "") for variable in MLFLOW_LOGIN)
    if bool(name) != bool(password):
        raise ParamsError(f"{' and '.join(MLFLOW_LOGIN)} belong together: set both, or none")
    return (name, password) if name else None
