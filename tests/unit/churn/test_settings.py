from pathlib import Path

import pytest

from churn.errors import ParamsError
from churn.settings import MLFLOW_LOGIN, PREFECT_LOGIN, load, tracking_login


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """An environment without any of our variables, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("STATE", "STORE_URL", "HOST", "PORT", "PREFECT_PORT", "MLFLOW_PORT", "EVIDENTLY_PORT", "POLL_SECONDS"):
        monkeypatch.delenv(f"CHURN_{name}", raising=False)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_BACKEND_STORE_URI", PREFECT_LOGIN, *MLFLOW_LOGIN):
        monkeypatch.delenv(name, raising=False)


def test_everything_lives_in_the_state_folder_by_default(tmp_path):
    """Without any variable the store, the registry and the bundles are in state/ of the current folder."""
    settings = load()
    assert settings.store_url == f"sqlite:///{tmp_path}/state/store.db"
    assert settings.tracking_uri == f"sqlite:///{tmp_path}/state/mlflow.db"
    assert settings.bundles == tmp_path / "state/bundles"
    assert settings.api_url == "http://127.0.0.1:8000"


def test_the_state_folder_is_absolute(monkeypatch, tmp_path):
    """A relative state folder keeps its place when the program changes folder."""
    monkeypatch.setenv("CHURN_STATE", "elsewhere")
    settings = load()
    monkeypatch.chdir("/")
    assert settings.state == tmp_path / "elsewhere"


def test_variables_decide(monkeypatch):
    """A variable goes before the default."""
    monkeypatch.setenv("CHURN_STORE_URL", "postgresql://db/churn")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow:5000")
    assert load().store_url == "postgresql://db/churn"
    assert load().tracking_uri == "http://mlflow:5000"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_hosts_are_accepted(monkeypatch, host):
    """The API may listen on this machine."""
    monkeypatch.setenv("CHURN_HOST", host)
    assert load().host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", ""])
def test_any_other_host_is_refused(monkeypatch, host):
    """The API has no login, so a host beyond this machine is refused in one line that says what to do."""
    monkeypatch.setenv("CHURN_HOST", host)
    with pytest.raises(ParamsError, match="not a loopback address; use 127") as caught:
        load()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", ["0", "65536", "http", ""])
@pytest.mark.parametrize("name", ["PORT", "PREFECT_PORT", "MLFLOW_PORT", "EVIDENTLY_PORT"])
def test_a_wrong_port_is_named(monkeypatch, name, value):
    """A port that is none is refused in one line that names the variable."""
    monkeypatch.setenv(f"CHURN_{name}", value)
    with pytest.raises(ParamsError, match=f"(?i)CHURN_{name}:") as caught:
        load()
    assert "\n" not in str(caught.value)


def test_a_variable_is_named_as_it_is_written(monkeypatch):
    """The refusal names the variable as the environment spells it."""
    monkeypatch.setenv("CHURN_PORT", "http")
    with pytest.raises(ParamsError, match="CHURN_PORT"):
        load()


def test_loading_makes_nothing(tmp_path):
    """Reading the settings creates no file and no folder."""
    load()
    assert list(Path(tmp_path).iterdir()) == []


def test_prefect_and_mlflow_leave_the_machine_only_with_logins(monkeypatch):
    """Each login that is missing is named; with all of them they listen where they are told."""
    monkeypatch.setenv("CHURN_SHARED_HOST", "0.0.0.0")
    for name in ("PREFECT_SERVER_API_AUTH_STRING", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        with pytest.raises(ParamsError, match=r"CHURN_SHARED_HOST.*not a loopback|belong together") as caught:
            load()
        assert name in str(caught.value)
        monkeypatch.setenv(name, "ada")
    assert (load().shared_host, load().inner_host, load().loopback) == ("0.0.0.0", "127.0.0.1", "127.0.0.1")


def test_half_a_login_is_refused(monkeypatch):
    """A name without a password would leave the server open."""
    assert tracking_login() is None
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    with pytest.raises(ParamsError, match="set both, or none"):
        tracking_login()
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "word")
    assert tracking_login() == ("ada", "word")


@pytest.mark.parametrize(
    ("address", "store"),
    [
        ("", "sqlite:///{state}/mlflow.db"),
        ("sqlite:////elsewhere.db", "sqlite:////elsewhere.db"),
        ("http://127.0.0.1:5000/", "sqlite:///{state}/mlflow.db"),
        ("http://localhost:5000", "sqlite:///{state}/mlflow.db"),
        ("http://127.0.0.1:5001", None),
        ("https://mlflow.example", None),
    ],
)
def test_the_stack_s_own_mlflow_server_has_a_database(monkeypatch, tmp_path, address, store):
    """It keeps its runs where the clients would, or in the state folder if they come to it; others' servers are left alone."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    assert load().tracking_store == (store and store.format(state=tmp_path / "state"))
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", "postgresql+psycopg://db/mlflow")
    assert load().tracking_store == "postgresql+psycopg://db/mlflow"
