"""The stages from end to end, as a data scientist runs them in a workspace of a small company."""

import json
import re
import shutil

import numpy as np
import pytest

from churn.bundle.open import open_bundle
from churn.evaluate.write import flat
from churn.params import load, read_yaml
from churn.stages import STAGES
from support.quick import quick

ROLES = ["--target", "churned", "--positive", "Yes", "--id", "customer_id", "--snapshot", "month"]


@pytest.fixture(scope="module")
def workspace(command, tmp_path_factory):
    """A workspace of three simulated months, reproduced once and committed."""
    root = tmp_path_factory.mktemp("workspaces")
    command("churn", "simulate", "--customers", "800", "--months", "3", cwd=root)
    months = [path.read_text().splitlines(keepends=True) for path in sorted((root / "data").iterdir())]
    (root / "company.csv").write_text("".join([months[0][0], *(line for month in months for line in month[1:])]))
    folder = root / "work"
    folder.mkdir()
    command("churn", "init", root / "company.csv", *ROLES, cwd=folder)
    params = folder / "params.yaml"
    params.write_text(quick(params.read_text(encoding="utf-8")), encoding="utf-8")
    command("git", "commit", "--quiet", "--all", "--message", "Quick", cwd=folder)
    command("dvc", "repro", cwd=folder)
    command("git", "add", "dvc.lock", cwd=folder)
    command("git", "commit", "--quiet", "--message", "The first model", cwd=folder)
    return folder


def metrics(folder):
    return json.loads((folder / "artifacts/evaluation/figures.json").read_text())


def test_the_stages_are_those_of_dvc_yaml(workspace):
    """Every stage in dvc.yaml calls the work of the same name, and no work is without a stage."""
    stages = read_yaml(workspace / "dvc.yaml")["stages"]
    assert list(stages) == list(STAGES)
    assert [stage["cmd"] for stage in stages.values()] == [f"churn stage {name}" for name in STAGES]


def test_a_bundle_with_its_lineage_comes_out(workspace, command):
    """The bundle opens, carries the figures of the evaluation, and names data, params and commit."""
    bundle = open_bundle(workspace / "artifacts/bundle")
    lineage = bundle.manifest.lineage
    assert bundle.metrics == metrics(workspace)
    assert lineage.data == read_yaml(workspace / "data.dvc")["outs"][0]["md5"]
    assert lineage.params == load(workspace / "params.yaml").digest
    assert lineage.commit == command("git", "rev-parse", "HEAD~1", cwd=workspace).stdout.strip()


def test_the_reference_rows_are_the_test_rows(workspace):
    """The bundle's reference holds the held-out customers of the newest snapshot."""
    reference = open_bundle(workspace / "artifacts/bundle").reference()
    assert len(reference.rows) == metrics(workspace)["tested_on"]["rows"]
    assert reference.label.sum() == metrics(workspace)["tested_on"]["churners"]


def test_the_model_is_better_than_chance(workspace):
    """The whole interval of the AUC on held-out customers is above one half."""
    assert metrics(workspace)["test"]["auc"]["low"] > 0.5


def test_reproducing_again_changes_nothing(workspace, command, listing):
    """A second `dvc repro` skips every stage and leaves the artifacts as they are."""
    before = listing(workspace / "artifacts")
    done = command("dvc", "repro", cwd=workspace)
    assert "Data and pipelines are up to date." in done.stdout
    assert "Running stage" not in done.stdout
    assert listing(workspace / "artifacts") == before


def test_metrics_and_plots_are_shown(workspace, command):
    """`dvc metrics show` gives one number for each figure, `dvc plots show` the curves."""
    shown = json.loads(command("dvc", "metrics", "show", "--json", cwd=workspace).stdout)
    values = shown[""]["data"]["artifacts/evaluation/metrics.json"]["data"]
    assert values == {name: round(value, 6) for name, value in flat(metrics(workspace)).items()}
    assert {"auc", "cv_auc", "out_of_time_auc"} <= values.keys()
    page = command("dvc", "plots", "show", "--out", workspace / "state/plots", cwd=workspace)
    assert "index.html" in page.stdout
    assert "Churners reached by share contacted" in (workspace / "state/plots/index.html").read_text()


def test_other_costs_need_no_training(workspace, command):
    """After a change of costs `dvc repro` judges and packs anew, fits nothing, and the bundle contacts other customers."""
    before = open_bundle(workspace / "artifacts/bundle")
    params = workspace / "params.yaml"
    params.write_text(params.read_text().replace("saved_value: 200", "saved_value: 90"))
    done = command("dvc", "repro", cwd=workspace).stdout
    for name in ("prepare", "train", "refit"):
        assert f"Stage '{name}' didn't change, skipping" in done
    for name in ("evaluate", "bundle"):
        assert f"Running stage '{name}'" in done
    after = open_bundle(workspace / "artifacts/bundle")
    assert after.manifest.files["model.onnx"] == before.manifest.files["model.onnx"]
    probability = before.reference().probability
    assert after.decision.contact(probability).sum() < before.decision.contact(probability).sum()
    assert after.metrics["test"]["auc"] == before.metrics["test"]["auc"]
    assert after.metrics["test"]["profit_per_1000"] != before.metrics["test"]["profit_per_1000"]
    command("git", "checkout", "--quiet", "--", ".", cwd=workspace)
    command("dvc", "checkout", "--quiet", "--force", cwd=workspace)


@pytest.mark.parametrize("learner", ["rule", "few_columns"])
def test_a_simpler_candidate_is_deployed_like_any_other(workspace, command, learner):
    """With train.learners: [rule], as discovery advises, the stages make a bundle that scores customers and gives reasons."""
    command("dvc", "repro", "-q", cwd=workspace)
    params = workspace / "params.yaml"
    params.write_text(re.sub(r"learners: \[.*\]", f"learners: [{learner}]", params.read_text()))
    command("dvc", "repro", "-q", cwd=workspace)
    bundle = open_bundle(workspace / "artifacts/bundle")  # whose reference rows score as recorded
    assert bundle.metrics["chosen"] == learner
    assert bundle.metrics["test"]["auc"]["low"] > 0.5
    row, *others = bundle.reference().rows[:50]
    scores = np.unique(bundle.score([row, *others]).probability.round(9))
    assert len(scores) == 2 if learner == "rule" else len(scores) > 10
    assert bundle.reasons(row, 2)[0].sentence
    command("git", "checkout", "--quiet", "--", ".", cwd=workspace)
    command("dvc", "checkout", "--quiet", "--force", cwd=workspace)


def test_data_and_artifacts_come_back_from_a_remote(workspace, command, listing, tmp_path):
    """After a push, deleting data, artifacts and cache loses nothing: a pull brings every byte back."""
    before = {name: listing(workspace / name) for name in ("data", "artifacts")}
    command("dvc", "remote", "add", "--local", "--force", "--default", "near", tmp_path / "remote", cwd=workspace)
    command("dvc", "push", cwd=workspace)
    for name in ("data", "artifacts", ".dvc/cache"):
        shutil.rmtree(workspace / name)
    command("dvc", "pull", cwd=workspace)
    assert {name: listing(workspace / name) for name in ("data", "artifacts")} == before
    assert "up to date" in command("dvc", "status", cwd=workspace).stdout


def test_an_experiment_changes_a_knob_and_what_depends_on_it(workspace, command):
    """`dvc exp run -S` trains with the new value, keeps the prepared rows, and shows the experiment."""
    done = command("dvc", "exp", "run", "--name", "short", "-S", "train.boosting.rounds=40", cwd=workspace)
    assert "Stage 'prepare' didn't change, skipping" in done.stdout
    assert "Running stage 'train'" in done.stdout
    assert load(workspace / "params.yaml").train.boosting.rounds == 40
    assert open_bundle(workspace / "artifacts/bundle").manifest.lineage.commit.endswith("-dirty")
    assert "short" in command("dvc", "exp", "show", "--csv", cwd=workspace).stdout
    assert "train.boosting.rounds" in command("dvc", "params", "diff", cwd=workspace).stdout
    command("git", "checkout", "--quiet", "--", ".", cwd=workspace)
    command("dvc", "checkout", "--quiet", "--force", cwd=workspace)
    assert "Running stage" not in command("dvc", "repro", cwd=workspace).stdout
