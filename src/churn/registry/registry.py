"""Versions of the model and the aliases that name the champion and its challenger."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from churn.bundle.manifest import Manifest, fingerprint
from churn.errors import BundleCorrupt, ChurnError, LoginRefused, NoModel, RegistryUnavailable
from churn.settings import MLFLOW_LOGIN

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

ALIAS = "champion"
CHALLENGER = "challenger"
FINGERPRINT = "churn.bundle"
PLAN = "churn.rollout"  # the tag that says how a challenger is tried out
LOCAL = "sqlite:///"
REFUSED = ("UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED", "PERMISSION_DENIED")  # 401 and 403


@dataclass(frozen=True)
class Version:
    """One registered model version; `fingerprint` identifies its bundle and `run_id` the run that made it."""

    version: str
    fingerprint: str
    run_id: str


@dataclass(frozen=True)
class Named:
    """A version that an alias names, and its tag `PLAN`, empty where it has none."""

    version: Version
    plan: str


class Registry:
    """One registered model, `name`, at an MLflow tracking URI (a server or a local SQLite file)."""

    def __init__(self, uri: str, name: str) -> None:
        self.uri = uri
        self.name = name

    @cached_property
    def client(self) -> "MlflowClient":
        """The MLflow client; mlflow takes seconds to import, so only who needs it pays."""
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # the default waits for minutes
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "15")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        if self.uri.startswith(LOCAL):
            Path(self.uri.removeprefix(LOCAL)).parent.mkdir(parents=True, exist_ok=True)
        import mlflow  # noqa: PLC0415

        mlflow.set_tracking_uri(self.uri)
        mlflow.set_registry_uri(self.uri)
        return mlflow.MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    @contextmanager
    def answering(self) -> Iterator["MlflowClient"]:
        """Give the client; turn failures into RegistryUnavailable, or NoModel or LoginRefused, which no retry mends."""
        try:
            yield self.client
        except _failures() as error:
            raise failure(self.uri, error, getattr(error, "error_code", "")) from error

    def champion(self) -> Version | None:
        """The version that the alias names, or None while there is none."""
        with self.answering() as client:
            found = client.search_registered_models(f"name = '{self.name}'")
            number = found[0].aliases.get(ALIAS) if found else None
            return _version(client.get_model_version(self.name, number)) if number else None

    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        with self.answering() as client:
            found = client.search_model_versions(f"name = '{self.name}'")
        return sorted((_version(item) for item in found), key=lambda item: int(item.version))

    def version_of(self, bundle: Path) -> Version | None:
        """The version registered from a bundle, if it was."""
        wanted = fingerprint(bundle)
        return next((item for item in self.versions() if item.fingerprint == wanted), None)

    def promote(self, version: str) -> None:
        """Make a version the champion."""
        with self.answering() as client:
            client.set_registered_model_alias(self.name, ALIAS, version)

    def withdraw(self) -> None:
        """Leave the model without a champion."""
        with self.answering() as client:
            client.delete_registered_model_alias(self.name, ALIAS)

    def challenger(self) -> Named | None:
        """The version that is being tried out, with its plan; None while there is none."""
        with self.answering() as client:
            found = client.search_registered_models(f"name = '{self.name}'")
            number = found[0].aliases.get(CHALLENGER) if found else None
            if not number:
                return None
            item = client.get_model_version(self.name, number)
        return Named(_version(item), dict(item.tags).get(PLAN, ""))

    def challenge(self, version: str, plan: str) -> None:
        """Try a version out as `plan` says; the plan first, so that a challenger never goes without."""
        with self.answering() as client:
            client.set_model_version_tag(self.name, version, PLAN, plan)
            client.set_registered_model_alias(self.name, CHALLENGER, version)

    def dismiss(self) -> None:
        """Leave the model without a challenger."""
        if self.challenger():
            with self.answering() as client:
                client.delete_registered_model_alias(self.name, CHALLENGER)

    def download(self, version: str, folder: Path) -> Path:
        """Fetch the bundle of a version into `folder`, verified and complete or not at all; kept for next time."""
        with self.answering() as client:
            wanted = _version(client.get_model_version(self.name, version))
        target = place(folder, wanted)
        if not intact(target):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                with self.answering():
                    bundle = _download(f"models:/{self.name}/{version}", Path(scratch))
                Manifest.verified(bundle)
                _put(bundle, target)
        return target

    def open_champion(self, folder: Path) -> tuple[Version, Path]:
        """The champion and its downloaded bundle. Raises NoModel while there is none."""
        version = self.champion()
        if version is None:
            raise NoModel(f"model '{self.name}' has no champion in {self.uri}; run `churn deploy`")
        return version, self.download(version.version, folder)


def _put(bundle: Path, target: Path) -> None:
    """Move a verified bundle to its place, unless another process was faster or left a damaged one there."""
    with suppress(OSError):
        bundle.rename(target)
    if not intact(target):
        shutil.rmtree(target, ignore_errors=True)
        bundle.rename(target)


def place(folder: Path, version: Version) -> Path:
    """Where in a folder of bundles that of a version is kept."""
    return folder / f"{version.version}-{version.fingerprint[:12]}"


def intact(bundle: Path) -> bool:
    """Whether a bundle is there and verifies."""
    try:
        Manifest.verified(bundle)
    except BundleCorrupt:
        return False
    return True


def _download(uri: str, scratch: Path) -> Path:
    import mlflow.artifacts  # noqa: PLC0415

    root = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(scratch)))
    found = list(root.glob("artifacts/*/manifest.json"))
    if not found:
        raise BundleCorrupt(f"{uri} holds no bundle; register it again with `churn deploy`")
    return found[0].parent


def _version(item: "ModelVersion") -> Version:
    return Version(str(item.version), dict(item.tags).get(FINGERPRINT, ""), item.run_id or "")


def failure(uri: str, error: Exception, code: str) -> ChurnError:
    """What a failed call is for the person who must act. code: as MLflow names errors, empty where it has not answered."""
    cause = " ".join(str(error).split()).split(" with exception")[0][:200] or type(error).__name__
    if code == "RESOURCE_DOES_NOT_EXIST":
        return NoModel(f"the registry {uri} does not have it ({cause}); `churn history` names what there was")
    if code in REFUSED:
        return LoginRefused(f"the registry {uri} refuses the login ({cause}); set {' and '.join(MLFLOW_LOGIN)}")
    return RegistryUnavailable(f"the registry {uri} failed ({cause}); check MLFLOW_TRACKING_URI")


def _failures() -> tuple[type[Exception], ...]:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    return (MlflowException, SQLAlchemyError, OSError)


def flatten(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys joined by dots, as MLflow's flat parameters and metrics want them."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
