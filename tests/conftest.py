"""What every test may use: the public tables, and commands run as a person at a terminal runs them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for a busy core make a fit 30 times slower

SHARED = Path(__file__).parents[1] / "../shared/data"
SHARERS = {"model/*": "model", "integration/test_flows.py": "company", "integration/test_scoring.py": "company"}
OURS = ("CHURN_", "MLFLOW_", "GIT_", "DVC_", "PREFECT_")
IDENTITY = {"NAME": "Tester", "EMAIL": "tester@localhost"}

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file run in one process, and so do files that share a fixture which takes long to make."""
    for item in items:
        group = next((name for files, name in SHARERS.items() if item.path.match(files)), str(item.path))
        item.add_marker(pytest.mark.xdist_group(group))


def _table(name: str) -> Path:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{name} is not in shared/data beside the checkout")
    return path.resolve()


@pytest.fixture(scope="session")
def telco() -> Path:
    return _table("telco.csv")


@pytest.fixture(scope="session")
def mlc_churn() -> Path:
    return _table("mlc_churn.csv")


@pytest.fixture(scope="session")
def cdnow() -> Path:
    return _table("cdnow.txt")


@pytest.fixture(scope="session")
def command() -> Command:
    """Run a command in a folder, with this environment's programs first and nothing of the caller's configuration."""

    def run(*words: object, cwd: Path, check: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        env |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in IDENTITY.items()}
        env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "DVC_NO_ANALYTICS": "1", "COLUMNS": "500"}
        env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
        done = subprocess.run([*map(str, words)], cwd=cwd, env=env | extra, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def listing() -> Callable[[Path], dict[str, bytes | None]]:
    """Everything below a folder with its bytes; a folder has none."""

    def read(folder: Path) -> dict[str, bytes | None]:
        found = sorted(folder.rglob("*"))
        return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in found}

    return read


@pytest.fixture(scope="session")
def page() -> Callable[[str], str]:
    """What a real browser shows at an address, as the HTML it has drawn."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("Chromium is not installed")

    def draw(address: str) -> str:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=15000", "--dump-dom"]
        return subprocess.run([browser, *flags, address], capture_output=True, text=True, check=True, timeout=90).stdout

    return draw
