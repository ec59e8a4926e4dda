"""`churn init` through its front door."""

import pandas as pd
import pytest
from click.testing import CliRunner

from churn.cli import main
from churn.params import load

ROLES = ["--target", "left", "--positive", "Yes"]
BIG = pd.DataFrame({"tenure": [str(i % 72) for i in range(400)], "left": ["Yes", "No", "No", "No"] * 100})


def table(folder, frame=BIG, name="table.csv"):
    frame.to_csv(folder / name, index=False)
    return folder / name


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to stand in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def refused(done):
    """The one line of a refusal."""
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("churn: ")
    return line


@pytest.mark.parametrize(
    ("rows", "arguments", "what"),
    [
        (BIG, ["--target", "gone", "--positive", "Yes"], "target column 'gone' is absent; the columns are tenure, left"),
        (BIG, [*ROLES, "--id", "gone"], "--id column 'gone' is absent"),
        (BIG, [*ROLES, "--snapshot", "gone"], "--snapshot column 'gone' is absent"),
        (BIG, ["--target", "left", "--positive", "yes"], "no row has left = 'yes'; its values are No, Yes"),
        (BIG.assign(left="Yes"), ROLES, "every known left is 'Yes'"),
        (BIG.assign(left="No"), ROLES, "no row has left = 'Yes'"),
        (BIG.assign(left=""), ROLES, "no row has left = 'Yes'"),
        (BIG.head(199), ROLES, "has 199 rows; at least 200"),
        (BIG.head(0), ROLES, "has 0 rows"),
        (pd.DataFrame(), ROLES, "cannot be read"),
        (BIG.assign(tenure="7"), ROLES, "has no usable column"),
        (None, ROLES, "does not exist"),
    ],
    ids=["target", "id", "snapshot", "positive", "one class", "nobody left", "no outcome", "199 rows", "no rows",
         "empty file", "no features", "no file"],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused_and_changes_nothing(here, tmp_path, listing, rows, arguments, what):
    """A table nobody could learn from exits with 2 and one line that says why, and nothing on disk has changed."""
    path = tmp_path / "table.csv" if rows is None else table(tmp_path, rows)
    before = listing(tmp_path)
    assert what in refused(CliRunner().invoke(main, ["init", str(path), *arguments]))
    assert listing(tmp_path) == before


@pytest.mark.parametrize("name", ["params.yaml", "dvc.yaml", "prefect.yaml", "data", "data.dvc"])
def test_an_existing_workspace_is_left_alone(here, tmp_path, listing, name):
    """A folder that already has any part of a workspace is refused and keeps every byte."""
    (here / name).mkdir() if name == "data" else (here / name).write_text("mine")
    path = table(tmp_path)
    before = listing(tmp_path)
    assert f"already has {name}" in refused(CliRunner().invoke(main, ["init", str(path), *ROLES]))
    assert listing(tmp_path) == before


def test_options_that_are_absent_are_named(here):
    """Without a target the command says so and writes nothing."""
    done = CliRunner().invoke(main, ["init", "table.csv", "--positive", "Yes"])
    assert done.exit_code == 2
    assert "--target" in done.stderr
    assert list(here.iterdir()) == []


def test_a_public_table_with_ids_becomes_a_workspace(command, tmp_path, telco):
    """The Telco table makes a committed workspace, with its blanks told and its id left out of the features."""
    done = command("churn", "init", telco, "--target", "Churn", "--positive", "Yes", "--id", "customerID", cwd=tmp_path)
    assert "7,043 rows, 1,869 with Churn = Yes (26.5%)." in done.stdout
    assert "TotalCharges: numbers stored as text, 11 blank read as missing" in done.stdout
    params = load(tmp_path / "params.yaml")
    assert len(params.data.columns) == 19
    assert params.data.columns["TotalCharges"] == "number"
    assert (tmp_path / "data/base.csv").read_bytes() == telco.read_bytes()
    assert command("git", "status", "--porcelain", cwd=tmp_path).stdout == ""
    assert command("git", "log", "--format=%s", cwd=tmp_path).stdout == "A new workspace\n"
    assert "up to date" in command("dvc", "status", "data.dvc", cwd=tmp_path).stdout


def test_a_public_table_without_ids_becomes_a_workspace(command, tmp_path, mlc_churn):
    """The MLC table, which has no id, makes a workspace with nineteen features."""
    done = command("churn", "init", mlc_churn, "--target", "churn", "--positive", "yes", cwd=tmp_path)
    assert "5,000 rows, 707 with churn = yes (14.1%)." in done.stdout
    params = load(tmp_path / "params.yaml")
    assert params.data.id is None
    assert len(params.data.columns) == 19
    assert params.data.columns["state"] == "category"


def test_an_id_that_nobody_named_is_found_and_told(command, tmp_path, telco):
    """Without --id the id column is left out, and a note says how to name it."""
    done = command("churn", "init", telco, "--target", "Churn", "--positive", "Yes", cwd=tmp_path)
    assert "customerID: left out, an id" in done.stdout
    assert "name it with --id" in done.stdout


def failing_hook(folder):
    """Git settings under which every commit fails."""
    hook = folder / "hooks/pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": str(hook.parent)}


def test_a_commit_that_fails_leaves_nothing(command, tmp_path, here, listing):
    """When git refuses the commit, everything that was written is removed again."""
    path = table(tmp_path)
    done = command("churn", "init", path, *ROLES, cwd=here, check=False, **failing_hook(tmp_path))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith("failed: not today")
    assert listing(here) == {}


def initialise_ignoring(command, folder, pattern):
    """Make a git repository that ignores something."""
    command("git", "init", "--quiet", cwd=folder)
    (folder / ".gitignore").write_text(f"{pattern}\n")


@pytest.mark.parametrize(
    ("pattern", "inside_git"),
    [("/data.dvc", False), ("/data.dvc", True), (".dvc", True)],
)
def test_a_failure_of_dvc_leaves_the_repository_as_it_was(command, here, tmp_path, listing, pattern, inside_git):
    """When DVC refuses to pin the data, the folder and, with `inside_git`, what git has staged are as before."""
    initialise_ignoring(command, here, pattern)
    path = table(tmp_path)
    before = listing(here)
    done = command("churn", "init", path, *ROLES, cwd=here, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    passed_over = ".git/objects/" if inside_git else ".git/"  # an object that nothing refers to is no change
    before, after = ({k: v for k, v in found.items() if not k.startswith(passed_over)} for found in (before, listing(here)))
    assert after == before


def test_without_git_the_refusal_is_one_line(command, here, tmp_path):
    """Where git is not installed the command says so in one line and leaves nothing."""
    (tmp_path / "bin").mkdir()
    churn = command("which", "churn", cwd=here).stdout.strip()
    done = command(churn, "init", table(tmp_path), *ROLES, cwd=here, check=False, PATH=str(tmp_path / "bin"))
    assert list(here.iterdir()) == []
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_the_remotes_of_an_existing_dvc_repository_stay(command, here, tmp_path):
    """A folder that already is a DVC repository keeps its configuration."""
    command("git", "init", "--quiet", cwd=here)
    command("dvc", "init", "--quiet", cwd=here)
    command("dvc", "remote", "add", "--default", "mine", tmp_path / "far", cwd=here)
    command("churn", "init", table(tmp_path), *ROLES, cwd=here)
    assert "mine" in command("dvc", "remote", "list", cwd=here).stdout


@pytest.mark.parametrize("name", ["TABLE.CSV", "table.data"])
def test_what_init_accepts_the_first_stage_reads(command, here, tmp_path, name):
    """A table that init took is found by the stage that prepares it."""
    command("churn", "init", table(tmp_path, name=name), *ROLES, cwd=here)
    assert command("churn", "stage", "prepare", cwd=here, check=False).returncode == 0
