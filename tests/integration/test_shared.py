"""The set-up that several people share (docs/shared.md): PostgreSQL, an S3 bucket, and logins."""

from importlib.resources import files

import httpx
import pytest

from churn.simulate import live
from support.bucket import NAME, bucket
from support.company import working
from support.quick import quickest

LOGIN = ("ada", "a-long-password")


@pytest.fixture(scope="module")
def shared(tmp_path_factory, settings_in, postgres):
    """The company in the shared set-up."""
    folder = tmp_path_factory.mktemp("shared")
    settings = settings_in(folder / "state")
    params = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
    with bucket(folder / "bucket.log") as s3:
        variables = {
            "CHURN_STORE_URL": postgres.database(),
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": postgres.database().replace("postgresql", "postgresql+asyncpg"),
            "PREFECT_SERVER_API_AUTH_STRING": ":".join(LOGIN),
            "MLFLOW_BACKEND_STORE_URI": postgres.database().replace("postgresql", "postgresql+psycopg"),
            "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{NAME}/mlflow",
            "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{settings.mlflow_port}",
            "MLFLOW_TRACKING_USERNAME": LOGIN[0],
            "MLFLOW_TRACKING_PASSWORD": LOGIN[1],
            **s3,
        }
        (folder / "work").mkdir()
        with working(folder / "work", settings, quickest(params), list(live(7, 700, 4, 9)), 2, variables) as made:
            yield made


@pytest.mark.parametrize("login", [None, ("ada", "guessed-password"), ("admin", "password")])
@pytest.mark.parametrize(
    ("port", "path"), [("prefect_port", "/api/flows/count"), ("mlflow_port", "/api/2.0/mlflow/registered-models/search")]
)
def test_without_the_login_nothing_is_told(shared, port, path, login):
    """Prefect and MLflow answer 401 to nobody, to a wrong password, and to the password that MLflow once came with."""
    address = f"http://127.0.0.1:{getattr(shared.settings, port)}{path}"
    method = "POST" if "count" in path else "GET"
    assert httpx.request(method, address, auth=login, timeout=30).status_code == 401
    assert httpx.request(method, address, auth=LOGIN, timeout=30).status_code == 200
