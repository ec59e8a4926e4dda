"""The registry for who cannot wait for MLflow's client: a process that follows the champion for months, and a rollback.

Importing that client takes seconds and 200 MiB. Which version an alias names stands in three tables of a local file, or is
told by two calls of the tracking server's public API; only a new version is worth a process that imports the client, to
download it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from churn.errors import ChurnError, RegistryUnavailable
from churn.registry.ask import Desk, FileDesk, ServerDesk
from churn.registry.registry import ALIAS, CHALLENGER, LOCAL, Named, Registry, Version, intact, place
from churn.settings import MLFLOW_LOGIN

FETCH_SECONDS = 600
NEEDS_CLIENT = ("MLFLOW_TRACKING_", "MLFLOW_WORKSPACE", "MLFLOW_ENABLE_WORKSPACES")  # tokens, certificates, tenants
KNOWN = {"MLFLOW_TRACKING_URI", *MLFLOW_LOGIN}

MakeDesk = Callable[[str, str], Desk]


class LightRegistry:
    """Asks about the model `name` at a desk, and downloads in a process of its own. Raises as `Registry` does."""

    def __init__(self, uri: str, name: str, make: MakeDesk) -> None:
        self.uri = uri
        self.name = name
        self._desk = make(uri, name)

    def champion(self) -> Version | None:
        """The version that the alias names, or None while there is none. Raises RegistryUnavailable."""
        found = self._desk.named(ALIAS)
        return found.version if found else None

    def challenger(self) -> Named | None:
        """The version that is being tried out, with its plan; None while there is none. Raises RegistryUnavailable."""
        return self._desk.named(CHALLENGER)

    def promote(self, version: str) -> None:
        """Make a version the champion. Raises NoModel if there is no such version, RegistryUnavailable."""
        self._desk.point(ALIAS, version)

    def dismiss(self) -> None:
        """Leave the model without a challenger. Raises RegistryUnavailable."""
        self._desk.drop(CHALLENGER)

    def download(self, version: str, folder: Path) -> Path:
        """As `Registry.download`. Raises what the process that does it said in its last line."""
        for known in (self.champion(), named.version if (named := self.challenger()) else None):
            if known and known.version == version and intact(place(folder, known)):
                return place(folder, known)
        return fetch(self.uri, self.name, version, folder)


def registry_at(uri: str, name: str) -> LightRegistry | Registry:
    """The lightest client that speaks to a tracking URI."""
    found = asking(uri)
    return LightRegistry(uri, name, found) if found else Registry(uri, name)


def asking(uri: str) -> MakeDesk | None:
    """How to ask for aliases without MLflow's client, None where only that knows: other databases, tokens, tenants."""
    needed = any(name.startswith(NEEDS_CLIENT) and name not in KNOWN for name in os.environ)
    if needed or "?" in uri or "@" in uri or (Path.home() / ".mlflow" / "credentials").exists():
        return None
    if uri.startswith(LOCAL):
        return FileDesk
    return ServerDesk if uri.startswith(("http://", "https://")) else None


def fetch(uri: str, name: str, version: str, folder: Path) -> Path:
    """Download in another process. Raises RegistryUnavailable."""
    command = [sys.executable, "-m", "churn.registry.light", name, version, str(folder)]
    try:
        done = subprocess.run(
            command,
            env=os.environ | {"MLFLOW_TRACKING_URI": uri},
            capture_output=True,
            text=True,
            check=False,
            timeout=FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise RegistryUnavailable(f"downloading version {version} from {uri} took over {FETCH_SECONDS} s") from error
    said = (done.stderr if done.returncode else done.stdout).strip().splitlines()[-1:]
    if done.returncode or not said:
        raise RegistryUnavailable(f"version {version} could not be downloaded: {''.join(said) or f'code {done.returncode}'}")
    return Path(said[0])


def main() -> None:
    """Be the process that downloads: writes where the bundle is, or in one line why not."""
    name, version, folder = sys.argv[1:]
    try:
        sys.stdout.write(f"{Registry(os.environ['MLFLOW_TRACKING_URI'], name).download(version, Path(folder))}\n")
    except ChurnError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
