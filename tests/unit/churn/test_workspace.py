"""`churn init` through its front door."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from churn.cli import main
from churn.contract import Contract
from churn.params import load
from churn.workspace import plan

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
        (BIG, ["--target", "Left", "--positive", "Yes"], "did you mean 'left'?"),
        (BIG, ["--target", "left"], "say who left, by --positive or by --positive-when; probably --positive 'Yes'"),
        (BIG, [*ROLES, "--positive-when", "present"], "say who left, by --positive or by --positive-when"),
        (BIG, ["--target", "left", "--positive", "gone"], "its values are No, Yes; probably --positive 'Yes'"),
        (BIG.assign(left=["2024-05-01", "", "", "2023-01-01"] * 100), ["--target", "left"], "50% of the rows: --positive-when"),
        (BIG, ["--target", "left", "--positive-when", "present"], "every known left is present"),
        (BIG.assign(left=BIG.index), ["--target", "left"], "400 different values, so it hardly says who left"),
        (BIG.assign(left="Yes"), ROLES, "every known left is 'Yes'"),
        (BIG.assign(left="No"), ROLES, "no row has left = 'Yes'"),
        (BIG.assign(left=""), ROLES, "left has no value at all"),
        (BIG.head(199), ROLES, "has 199 rows; at least 200"),
        (BIG.head(0), ROLES, "has 0 rows"),
        (pd.DataFrame(), ROLES, "cannot be read"),
        (BIG.assign(tenure="7"), ROLES, "has no usable column"),
        (None, ROLES, "does not exist"),
    ],
    ids=["target", "id", "snapshot", "case of the target", "no positive", "two positives", "positive", "a date", "all present",
         "a number", "one class", "nobody left", "no outcome", "199 rows", "no rows",
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


@pytest.mark.parametrize(
    ("values", "guess"),
    [
        (["Existing Customer", "Attrited Customer"], "Attrited Customer"),
        (["Churned", "Stayed"], "Churned"),
        (["not churned", "churned"], "churned"),
        (["active", "inactive"], "inactive"),
        (["0", "1"], "1"),
        (["False", "True"], "True"),
        (["nein", "ja"], "ja"),
        (["b", "a", "b"], "a"),
    ],
)
def test_the_positive_value_is_guessed_in_the_refusal(here, tmp_path, values, guess):
    """Whoever does not say which value means leaving is told the likeliest one."""
    rows = BIG.assign(left=(values * 400)[:400])
    line = refused(CliRunner().invoke(main, ["init", str(table(tmp_path, rows)), "--target", "left"]))
    assert f"probably --positive '{guess}'" in line


def test_a_log_of_events_is_refused(here, tmp_path, cdnow):
    """A log of purchases is no customer table, and the refusal says what one is."""
    line = refused(CliRunner().invoke(main, ["init", str(cdnow), *ROLES]))
    assert "white space divides them" in line
    assert "one row for a customer and a column that says who left" in line


def test_an_id_that_nobody_named_is_found_and_told(command, tmp_path, telco):
    """Without --id the id column is left out, and a note says how to name it."""
    done = command("churn", "init", telco, "--target", "Churn", "--positive", "Yes", cwd=tmp_path)
    assert "customerID: left out, an id" in done.stdout
    assert "name it with --id" in done.stdout


def test_customers_in_several_rows_stay_on_one_side_unasked(tmp_path):
    """An obvious id that repeats is taken as the id and told, and a period that tells its rows apart is no feature."""
    tenure = np.random.default_rng(0).integers(0, 72, 400)
    rows = pd.concat([BIG.assign(tenure=tenure, CustomerId=range(400), month=f"2024-0{month}") for month in (1, 2, 3)])
    what = plan(table(tmp_path, rows), "left", "Yes", None, None)
    assert what.data.id == "CustomerId"
    assert list(what.data.columns) == ["tenure"]
    assert any("400 customers come in 1,200 rows" in note for note in what.notes)
    assert any("name it with --snapshot" in line for line in what.decide)
    assert plan(table(tmp_path, rows), "left", "Yes", "CustomerId", "month").decide == []


def test_customers_without_an_id_are_told_of(tmp_path):
    """They are people of their own, and those who look alike repeat nobody."""
    rows = BIG.assign(tenure=np.arange(400) % 72, id=[f"C{at}" if at % 4 else "" for at in range(400)])
    what = plan(table(tmp_path, pd.concat([rows, rows.iloc[:8]])), "left", "Yes", "id", None)
    assert "id: 102 rows have none, and are read as customers of their own" in what.notes
    assert "6 rows repeat another row: read once" in what.notes


def test_clean_public_tables_have_no_suspect(telco, mlc_churn):
    """No column of the two public tables is accused, nor left out but for the id."""
    for path, roles in ((telco, ("Churn", "Yes", None)), (mlc_churn, ("churn", "yes", None))):
        what = plan(path, *roles, None)
        assert what.leaks == []
        assert set(what.data.drop) <= {"customerID"}


def test_the_switch_takes_back_what_was_accused(tmp_path):
    """An accused column stays declared in params.yaml, so that one word there takes it back."""
    rows = BIG.assign(why=["price", "", "", ""] * 100, score=[9.5, 1.0, 2.0, 1.5] * 100)
    data = plan(table(tmp_path, rows), "left", "Yes", None, None).data
    assert set(data.accused) == {"why", "score"}
    assert list(data.features) == ["tenure"]
    assert list(data.model_copy(update={"suspects": "keep"}).features) == ["tenure", "why", "score"]
    assert list(data.model_copy(update={"trusted": ("score",)}).features) == ["tenure", "score"]


def test_what_is_left_out_anyway_is_called_a_leak_too(tmp_path):
    """A free text that only those who left have is left out as text, and is told to be the answer."""
    random = np.random.default_rng(0)
    tenure, left = random.integers(0, 72, 400), random.random(400) < 0.3
    said = [f"I leave, for the {i}th time" if gone else "" for i, gone in enumerate(left)]
    rows = pd.DataFrame({"tenure": tenure, "said": said, "left": np.where(left, "Yes", "No")})
    what = plan(table(tmp_path, rows), "left", "Yes", None, None)
    assert what.data.drop["said"].startswith("a leak: ")
    assert what.data.drop["said"].endswith("more than a tenth of the rows: free text")
    assert any(line.startswith("said: ") for line in what.leaks)


def test_params_yaml_holds_every_decision(command, here, tmp_path):
    """What was decided about a table is read back from params.yaml as it was planned."""
    random = np.random.default_rng(0)
    rows = BIG.assign(
        price=random.choice(["1.234,5 €", "7,5 €", "8 €"], 400),
        plan=random.choice(["Two year", "Two year", "two-year", "One"], 400),
        joined=[f"{day:02d}.01.2024" for day in random.integers(1, 31, 400)],
        end=["1", "", "", ""] * 100,
        tenure=random.integers(0, 72, 400),
    )
    path = tmp_path / "table.csv"
    path.write_bytes(rows.to_csv(index=False, sep=";").encode("cp1252"))
    command("churn", "init", path, *ROLES, cwd=here)
    data = load(here / "params.yaml").data
    assert data == plan(path, "left", "Yes", None, None).data
    assert (data.reading.delimiter, data.reading.decimal, data.reading.encoding) == (";", ",", "cp1252")
    assert data.reading.units == {"price": "€"}
    assert data.spellings == {"plan": {"two-year": "Two year"}}
    assert data.dates == {"joined": ("%d.%m.%Y",)}
    assert list(data.accused) == ["end"]


def test_a_later_file_in_which_a_column_becomes_the_answer_is_caught(command, here, tmp_path):
    """The first stage leaves out a column that is honest in the first file and the answer in a later one, and says so."""
    random = np.random.default_rng(0)
    left = random.random(800) < 0.3
    rows = pd.DataFrame({"tenure": random.integers(0, 72, 800), "visits": random.poisson(3, 800), "left": left})
    command("churn", "init", table(tmp_path, rows), "--target", "left", "--positive", "true", cwd=here)
    rows.assign(visits=np.where(left, 0, 1 + rows["visits"])).to_csv(here / "data/2024-02.csv", index=False)
    told = command("churn", "stage", "prepare", cwd=here).stdout
    assert "visits: left out, it may be the answer in disguise" in told
    assert list(json.loads((here / "artifacts/prepared/leaks.json").read_text())["left_out"]) == ["visits"]
    assert Contract.read(here / "artifacts/prepared/contract.json").features == ("tenure",)


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
