"""The registry, on MLflow with a SQLite file and with a server."""

import io
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Barrier

import httpx
import mlflow
import numpy as np
import pandas as pd
import pytest

from churn.bundle.manifest import fingerprint
from churn.bundle.open import open_bundle
from churn.errors import BundleCorrupt, NoModel, RegistryUnavailable
from churn.registry import Registry
from churn.registry.light import LightRegistry, asking, registry_at
from churn.registry.registry import Named
from churn.registry.track import register, track
from support.tiny import build_bundle

RAW = """customer id,month,tenure,Total day charge,class,model_config,_score,left,note
C1,2026-02,12,31.5,basic,Yes,0.25,1,a
C2,2026-02,1,,plus,no,0.5,0,b
C3,2026-02,70,na,na,True,0.75,,c
C4,2026-02,,28,platinum,0,1,0,d
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return open_bundle(build_bundle(tmp_path_factory.mktemp("built") / "bundle"))


@pytest.fixture(scope="module")
def plots(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plots")
    (folder / "roc.csv").write_text("false_positive_rate,true_positive_rate\n0,0\n1,1\n")
    return folder


@pytest.fixture(scope="module")
def registry(tmp_path_factory, bundle, plots):
    """A registry in a SQLite file with one version, which is champion."""
    registry = Registry(f"sqlite:///{tmp_path_factory.mktemp('state') / 'new' / 'mlflow.db'}", "churn")
    assert registry.champion() is None
    with pytest.raises(NoModel, match="run `churn deploy`"):
        registry.open_champion(Path("nowhere"))
    register(registry, bundle, track(registry, bundle, {"train": {"seed": 0}}, plots))
    registry.promote("1")
    return registry


@pytest.fixture(scope="module")
def loaded(registry):
    return mlflow.pyfunc.load_model("models:/churn@champion")


def test_a_bundle_is_tracked_and_registered_once(registry, bundle, plots):
    """Tracking and registering again gives the run and the version that exist."""
    run = track(registry, bundle, {"train": {"seed": 0}}, plots)
    version = register(registry, bundle, run)
    assert (version.version, version.run_id, version.fingerprint) == ("1", run, bundle.fingerprint)
    assert registry.versions() == [version]
    assert registry.champion() == registry.version_of(bundle.folder) == version
    tags = registry.client.get_model_version("churn", "1").tags
    assert (tags["churn.data"], tags["churn.params"], tags["churn.commit"]) == ("data-0", "params", "commit")


def test_the_alias_can_be_moved_and_withdrawn(registry):
    """Without the alias there is no champion; with it there is one again."""
    light = registry_at(registry.uri, "churn")
    registry.withdraw()
    assert registry.champion() is light.champion() is None
    registry.promote("1")
    assert registry.champion() == light.champion()
    assert registry.champion().version == "1"


def moves_aliases(registry, version):
    """Whether a light client moves the aliases of a version, champion by now, as MLflow's own client does."""
    light = registry_at(registry.uri, "churn")
    registry.challenge(version.version, "a plan")
    assert light.challenger() == registry.challenger() == Named(version, "a plan")
    light.dismiss()
    assert light.challenger() is registry.challenger() is None
    registry.withdraw()
    light.promote(version.version)
    assert light.champion() == registry.champion() == version
    with pytest.raises(NoModel, match="no version 9"):
        light.promote("9")
    return registry.champion() == version


def test_a_light_registry_moves_aliases(registry):
    """In the file, one row at a time, which MLflow's client then reads."""
    assert moves_aliases(registry, registry.champion())


def test_the_model_has_a_signature_and_an_example(loaded, bundle, tmp_path):
    """The signature names every feature of the contract, and the input example can be scored."""
    signature = loaded.metadata.signature
    assert signature is not None
    assert signature.inputs.input_names() == list(bundle.contract.features)
    assert signature.outputs.input_names() == ["probability", "contact"]
    folder = mlflow.artifacts.download_artifacts("models:/churn@champion", dst_path=str(tmp_path))
    example = mlflow.models.Model.load(folder).load_input_example(folder)
    assert list(example.columns) == list(bundle.contract.features)
    assert len(loaded.predict(example)) == 1


@pytest.mark.parametrize("how", [{}, {"dtype": str}, {"dtype": str, "keep_default_na": False}])
def test_the_model_scores_raw_rows(loaded, bundle, how):
    """Rows as pandas reads them from a file get the scores that the bundle gives their values, whatever their types."""
    values = [
        {"tenure": 12, "Total day charge": 31.5, "class": "basic", "model_config": True, "_score": 0.25},
        {"tenure": 1, "Total day charge": None, "class": "plus", "model_config": False, "_score": 0.5},
        {"tenure": 70, "Total day charge": None, "class": None, "model_config": True, "_score": 0.75},
        {"tenure": None, "Total day charge": 28, "class": "platinum", "model_config": False, "_score": 1},
    ]
    expected = bundle.score(values)
    answer = loaded.predict(pd.read_csv(io.StringIO(RAW), **how))
    assert list(answer.columns) == ["probability", "contact"]
    np.testing.assert_array_equal(answer["probability"], expected.probability)
    assert answer["contact"].tolist() == expected.contact.tolist()


def test_a_download_is_complete_and_kept(registry, bundle, tmp_path):
    """The champion's bundle arrives whole, and asking again asks for nothing."""
    version, folder = registry.open_champion(tmp_path)
    assert fingerprint(folder) == version.fingerprint == bundle.fingerprint
    assert [path.name for path in tmp_path.iterdir()] == [f"1-{bundle.fingerprint[:12]}"]
    written = (folder / "model.onnx").stat().st_mtime_ns
    assert registry.download("1", tmp_path) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == written


def test_downloads_at_once_do_not_disturb_each_other(registry, bundle, tmp_path):
    """One version may be fetched into one folder several times at once, and each gets a bundle that stays."""
    together, found = Barrier(4), []

    def fetch(folder):
        together.wait()
        found.append(fingerprint(Registry(registry.uri, "churn").download("1", folder)))

    with ThreadPoolExecutor(4) as pool:
        for number in range(8):
            wait([pool.submit(fetch, tmp_path / str(number)) for _ in range(4)])
    assert found == [bundle.fingerprint] * 32


@pytest.mark.parametrize("name", ["decision.json", "manifest.json"])
def test_an_altered_artifact_is_refused(registry, tmp_path, name):
    """A download whose files do not match their hashes leaves nothing behind."""
    root = Path(registry.uri.removeprefix("sqlite:///")).parent
    (path,) = root.glob(f"mlartifacts/**/bundle/{name}")
    good = path.read_bytes()
    path.write_bytes(good.replace(b"1", b"2", 1))
    try:
        with pytest.raises(BundleCorrupt):
            registry.download("1", tmp_path)
    finally:
        path.write_bytes(good)
    assert list(tmp_path.iterdir()) == []


def test_an_absent_registry_is_named_in_one_line(monkeypatch):
    """Where nothing listens, the registry says so within half a minute."""
    begun = time.monotonic()
    with pytest.raises(RegistryUnavailable) as failed:
        Registry("http://127.0.0.1:9", "churn").champion()
    assert time.monotonic() - begun < 30
    assert "http://127.0.0.1:9" in str(failed.value)
    assert "check MLFLOW_TRACKING_URI" in str(failed.value)
    assert "\n" not in str(failed.value)


def test_a_light_registry_downloads_in_another_process(registry, bundle, tmp_path):
    """It brings the same bundle to the same place, and does not ask again for what is there."""
    light = registry_at(registry.uri, "churn")
    folder = light.download("1", tmp_path)
    assert fingerprint(folder) == bundle.fingerprint
    written = (folder / "model.onnx").stat().st_mtime_ns
    assert light.download("1", tmp_path) == registry.download("1", tmp_path) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == written
    with pytest.raises(RegistryUnavailable, match=r"version 9 could not be downloaded: .*version=9"):
        light.download("9", tmp_path)


def test_a_light_registry_says_what_fails_in_one_line(tmp_path):
    """No file yet is no champion; a file that is no database, and a server that is none of MLflow's, are named."""
    assert registry_at(f"sqlite:///{tmp_path}/absent.db", "churn").champion() is None
    (tmp_path / "wrong.db").write_text("no database" * 100)
    for uri in (f"sqlite:///{tmp_path}/wrong.db", "http://127.0.0.1:9"):
        with pytest.raises(RegistryUnavailable, match="check MLFLOW_TRACKING_URI") as failed:
            registry_at(uri, "churn").champion()
        assert uri in str(failed.value)
        assert "\n" not in str(failed.value)


def test_the_client_asks_where_only_it_knows_how(tmp_path, monkeypatch):
    """Other databases, tokens and tenants are left to MLflow's client."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for uri in ("sqlite:///mlflow.db", "http://127.0.0.1:5000", "https://mlflow.example"):
        assert isinstance(registry_at(uri, "churn"), LightRegistry)
    for uri in ("postgresql://user@host/mlflow", "databricks", "http://user:password@host", "sqlite:///mlflow.db?timeout=5"):
        assert asking(uri) is None
    for name in ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_INSECURE_TLS", "MLFLOW_WORKSPACE"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "x")
            assert isinstance(registry_at("http://127.0.0.1:5000", "churn"), Registry)
    (tmp_path / ".mlflow").mkdir()
    (tmp_path / ".mlflow" / "credentials").touch()
    assert asking("http://127.0.0.1:5000") is None


@pytest.fixture
def tracking_server(tmp_path, settings_in):
    """A tracking server in a process of its own; gives its address."""
    settings = settings_in(tmp_path)
    place, port = f"sqlite:///{tmp_path / 'mlflow.db'}", settings.mlflow_port
    command = ["mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--backend-store-uri", place]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "DO_NOT_TRACK": "1"}
    with (
        (tmp_path / "mlflow.log").open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=os.environ | quiet,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + 60
            while not answers(f"{address}/health"):
                assert time.monotonic() < deadline, (tmp_path / "mlflow.log").read_text()
                time.sleep(0.2)
            yield address
        finally:
            os.killpg(process.pid, 15)


def answers(url):
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False


def test_a_server_registers_and_serves(tracking_server, bundle, plots, tmp_path, settings_in, monkeypatch):
    """With MLFLOW_TRACKING_URI a version goes to the server and comes back as the same bundle."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server)
    registry = Registry(settings_in(tmp_path).tracking_uri, "churn")
    light = registry_at(registry.uri, "churn")
    assert light.champion() is None
    version = register(registry, bundle, track(registry, bundle, {"train": {"seed": 0}}, plots))
    assert registry.champion() is light.champion() is None
    registry.promote(version.version)
    assert light.champion() == version
    assert fingerprint(light.download(version.version, tmp_path / "light")) == bundle.fingerprint
    assert moves_aliases(registry, version)
    found, folder = registry.open_champion(tmp_path / "bundles")
    assert found == version
    assert fingerprint(folder) == bundle.fingerprint
