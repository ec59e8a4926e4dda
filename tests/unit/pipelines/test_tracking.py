"""The command of the stack's MLflow server."""

import pytest

from churn.settings import MLFLOW_LOGIN, PREFECT_LOGIN, load
from pipelines.tracking import tracking_server


@pytest.fixture
def settings(monkeypatch, tmp_path):
    """Settings of a folder, in an environment without logins."""
    for name in (
        *MLFLOW_LOGIN,
        PREFECT_LOGIN,
        "MLFLOW_TRACKING_URI",
        "MLFLOW_BACKEND_STORE_URI",
        "MLFLOW_SERVER_ALLOWED_HOSTS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHURN_STATE", str(tmp_path / "50% state"))
    return load


def option(server, name):
    return server.command[server.command.index(name) + 1]


def test_by_default_it_listens_here_to_its_own_names_and_knows_no_login(settings):
    """Nothing beyond this machine reaches it, and nothing is written for it."""
    server = tracking_server(settings())
    assert (server.host, option(server, "--host"), server.extra) == ("127.0.0.1", "127.0.0.1", {})
    assert option(server, "--allowed-hosts") == "127.0.0.1:5000,localhost:5000"
    assert "--app-name" not in server.command
    assert not settings().state.exists()


def test_a_login_guards_it_and_stands_in_no_command(settings, monkeypatch):
    """Who lists processes does not see the password; its users have a database of their own."""
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "a-long-password")
    server = tracking_server(settings())
    assert option(server, "--app-name") == "basic-auth"
    assert not any("a-long-password" in word for word in server.command)
    assert server.extra["MLFLOW_AUTH_ADMIN_PASSWORD"] == "a-long-password"
    users = (settings().state / "mlflow-users.ini").read_text()
    assert f"database_uri = sqlite:///{settings().state}/mlflow-users.db".replace("%", "%%") in users
    assert "a-long-password" not in users


def test_names_of_the_environment_are_added(settings, monkeypatch):
    """By which others may ask it, beside its own."""
    monkeypatch.setenv("MLFLOW_SERVER_ALLOWED_HOSTS", "ml.example.org:5000")
    assert option(tracking_server(settings()), "--allowed-hosts") == "127.0.0.1:5000,localhost:5000,ml.example.org:5000"


def test_a_server_of_others_is_not_started(settings, monkeypatch):
    """Where MLFLOW_TRACKING_URI names one, there is none in the stack."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://ml.example.org")
    assert tracking_server(settings()) is None
