"""`churn discover` as a person runs it, on a table that says nothing about who leaves."""

import json

import numpy as np
import pandas as pd
import pytest

from support.quick import quick


@pytest.fixture(scope="module")
def workspace(command, tmp_path_factory):
    """A workspace of 4,000 customers who leave by lot."""
    folder, random = tmp_path_factory.mktemp("lot"), np.random.default_rng(0)
    table = {"id": np.arange(4000) * 7 + 11, "tenure": random.integers(0, 70, 4000), "plan": random.choice(["a", "b"], 4000)}
    lot = pd.DataFrame(table).assign(left=np.where(random.random(4000) < 0.25, "Yes", "No"))
    lot.to_csv(folder / "table.csv", index=False)
    (folder / "work").mkdir()
    command("churn", "init", folder / "table.csv", "--target", "left", "--positive", "Yes", "--id", "id", cwd=folder / "work")
    params = folder / "work" / "params.yaml"
    params.write_text(quick(params.read_text(encoding="utf-8")), encoding="utf-8")
    return folder / "work"


def test_a_lottery_is_no_go_and_development_stops_until_overruled(workspace, command):
    """The verdict and the report are written; `dvc repro` refuses and says why, until --anyway; other costs ask anew."""
    told = command("churn", "discover", cwd=workspace).stdout
    assert told.startswith("no-go: ")
    folder = workspace / "artifacts/discovery"
    assert json.loads((folder / "report.json").read_text())["verdict"]["word"] == "no-go"
    assert "no-go" in (folder / "report.html").read_text()
    assert 'href="evidently.html"' in (folder / "report.html").read_text()
    assert "tenure" in (folder / "evidently.html").read_text()
    refused = command("dvc", "repro", "train", cwd=workspace, check=False)
    assert refused.returncode != 0
    assert "discovery says no-go" in refused.stderr
    assert not (workspace / "artifacts/model").exists()
    command("churn", "discover", "--anyway", cwd=workspace)
    command("dvc", "repro", "train", cwd=workspace)
    assert (workspace / "artifacts/model/model.onnx").is_file()


def test_a_discovery_is_a_run_in_mlflow_once(workspace, command):
    """The same discovery twice is one run, with its figures, its verdict and its files."""
    from mlflow import MlflowClient  # noqa: PLC0415 - seconds to import

    command("churn", "discover", cwd=workspace)
    client = MlflowClient(f"sqlite:///{workspace}/state/mlflow.db")
    experiment = client.get_experiment_by_name("churn")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.tags["churn.verdict"] == "no-go"
    assert run.data.metrics["churners"] > 100
    ends = [run.data.metrics[f"auc.logistic regression{end}"] for end in (".low", "", ".high")]
    assert ends == sorted(ends)
    assert run.data.params["problem.saved_value"] == "200.0"
    assert {file.path for file in client.list_artifacts(run.info.run_id, "discovery")} >= {
        "discovery/report.html",
        "discovery/report.json",
    }
