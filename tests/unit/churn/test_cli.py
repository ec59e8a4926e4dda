from pathlib import Path

import pytest
from click.testing import CliRunner

from churn.cli import main

TEMPLATE = Path(__file__).parents[3] / "src/churn/templates/params.yaml"


@pytest.fixture
def misspelt(tmp_path, monkeypatch):
    """A workspace whose params.yaml has a key nobody knows."""
    text = TEMPLATE.read_text(encoding="utf-8")
    (tmp_path / "params.yaml").write_text(text.replace("folds:", "fold:"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_error_is_one_line_and_an_exit_code(misspelt):
    """An unknown key in params.yaml stops a stage with exit code 2 and one line that names the key."""
    done = CliRunner().invoke(main, ["stage", "prepare"])
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert "train.fold: unknown key" in line
    assert "train.folds: missing" in line


@pytest.mark.parametrize("verbose", [False, True])
def test_the_traceback_is_shown_on_demand(command, misspelt, verbose):
    """Without --verbose there is no traceback, with it there is one."""
    done = command("churn", *["--verbose"][: int(verbose)], "stage", "prepare", cwd=misspelt, check=False)
    assert done.returncode != 0
    assert ("Traceback" in done.stderr) is verbose
    assert "train.fold: unknown key" in done.stderr


def test_a_folder_that_is_no_workspace_says_so(tmp_path, monkeypatch):
    """A stage outside of a workspace tells how to make one."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["stage", "prepare"])
    assert done.exit_code == 2
    assert "churn init" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_workspace_without_data_says_so(tmp_path, monkeypatch):
    """A stage without any table in data/ tells how to get some."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_bytes(TEMPLATE.read_bytes())
    done = CliRunner().invoke(main, ["stage", "prepare"])
    assert done.exit_code == 2
    assert "data holds no table" in done.stderr


def test_rows_that_cannot_judge_stop_the_first_stage(tmp_path, monkeypatch):
    """Held-out rows without both outcomes are refused before anything is learnt."""
    monkeypatch.chdir(tmp_path)
    text = TEMPLATE.read_text(encoding="utf-8")
    (tmp_path / "params.yaml").write_text(text.replace("holdout: 0.3", "holdout: 0.0001"), encoding="utf-8")
    CliRunner().invoke(main, ["simulate", "--customers", "300", "--months", "1"])
    done = CliRunner().invoke(main, ["stage", "prepare"])
    assert done.exit_code == 2
    assert "lack a class" in done.stderr
    assert not (tmp_path / "artifacts").exists()


def test_the_workspace_can_be_another_folder(command, misspelt, tmp_path_factory):
    """-C works in the folder it names."""
    done = command("churn", "-C", misspelt, "stage", "prepare", cwd=tmp_path_factory.mktemp("elsewhere"), check=False)
    assert "train.fold" in done.stderr


def test_simulating_twice_gives_equal_bytes(tmp_path, monkeypatch, listing):
    """Equal arguments write equal files, and another seed writes others."""
    found = []
    for seed in ("7", "7", "8"):
        folder = tmp_path / f"run{len(found)}"
        folder.mkdir()
        monkeypatch.chdir(folder)
        done = CliRunner().invoke(main, ["simulate", "--customers", "100", "--months", "2", "--seed", seed])
        assert done.stdout == "data/customers-2025-01.csv\ndata/customers-2025-02.csv\n"
        found.append(listing(folder))
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_an_unknown_stage_is_refused():
    """Only the stages of dvc.yaml can be run."""
    done = CliRunner().invoke(main, ["stage", "cook"])
    assert done.exit_code == 2
    assert "prepare" in done.stderr
