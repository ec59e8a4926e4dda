"""`churn campaign` from a scored base to files that people open."""

import csv
import json
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from churn.bundle.manifest import fingerprint
from churn.campaign.base import numbers
from churn.cli import main
from churn.params import load
from churn.score import job
from churn.score.plan import Asked
from support.tiny import ROW, build_bundle

REGIONS = ["north", "south"]


@pytest.fixture(scope="module")
def scored(tmp_path_factory, template):
    """A workspace with a scored base of 300 customers, every tenth in the control group."""
    folder = tmp_path_factory.mktemp("campaign")
    bundle = build_bundle(folder / "bundle")
    rows = [
        ROW | {"customer id": f"=C{at}", "tenure": at % 40, "control": "No" if at % 10 else "yes", "region": REGIONS[at % 2]}
        for at in range(300)
    ]
    pd.DataFrame(rows).to_parquet(folder / "in.parquet", index=False)
    asked = Asked(bundle=str(bundle), fingerprint=fingerprint(bundle), version="1", keep=("control", "region"))
    job.score_all(str(folder / "in.parquet"), str(folder / "scored"), asked)
    text = template.read_text(encoding="utf-8")
    text = text.replace("  segment: null ", "  segment: region").replace("  most: {} ", "  most: {south: 5, nroth: 1} ")
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ([1, None, 2, 1], ["1", "", "2", "1"]),
        ([True, False, None, True], ["true", "false", "", "true"]),
        (pd.Categorical(["x", None, "y", "x"]), ["x", "", "y", "x"]),
        (["x", "y", "x", "x"], ["x", "y", "x", "x"]),
    ],
)
def test_segments_are_named_as_params_names_them(tmp_path, template, cells, named):
    """A whole number has no decimals although others are missing; true and false are those of YAML."""
    pd.DataFrame({"probability": 0.5, "part": cells}).to_parquet(tmp_path / "part.parquet")
    policy = load(template).campaign.model_copy(update={"segment": "part"})
    base = numbers(str(tmp_path), policy, 100)
    assert [base.segments[place] for place in base.segment] == named


def test_the_list_is_ready_to_work_with(scored, monkeypatch):
    """CSV and Excel hold the same order with reasons in words, within budget and caps, without the control group."""
    monkeypatch.chdir(scored)
    done = CliRunner().invoke(main, ["campaign", "--budget", "200"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with (scored / "campaign" / "list.csv").open(newline="", encoding="utf-8") as text:
        lines = list(csv.DictReader(text))
    assert [int(line["rank"]) for line in lines] == list(range(1, len(lines) + 1))
    assert 0 < sum(float(line["expected_cost"]) for line in lines) <= 200
    assert sum(line["segment"] == "south" for line in lines) == 5
    assert not [line for line in lines if int(line["customer id"].removeprefix("=C")) % 10 == 0]
    assert all(line["reason_1"].endswith("the risk of leaving.") for line in lines)
    sheet = load_workbook(scored / "campaign" / "list.xlsx").active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [line["customer id"] for line in lines]
    assert {row[1].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}
    page = (scored / "campaign" / "report.html").read_text(encoding="utf-8")
    assert "By segment" in page
    told = "campaign.most caps 'nroth', and nobody is in it; there are north, south."
    assert (told in page, told in done.output) == (True, True)
    found = json.loads((scored / "campaign" / "campaign.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in found["outlooks"]] == ["this list", "the riskiest", "everybody"]
    assert all(one["low"] < one["high"] for one in found["outlooks"])


def test_a_folder_that_is_no_scored_base_is_refused(scored, monkeypatch):
    """The command says to score first, in one line."""
    monkeypatch.chdir(scored)
    done = CliRunner().invoke(main, ["campaign", "bundle", "--budget", "200"])
    assert done.exit_code == 2
    assert "churn score" in done.stderr


def test_a_base_that_is_not_finished_is_refused(scored, tmp_path, monkeypatch):
    """A list of half a base would be a wrong list."""
    monkeypatch.chdir(scored)
    shutil.copytree(scored / "scored", tmp_path / "half")
    (tmp_path / "half" / "part-00000.parquet").unlink()
    done = CliRunner().invoke(main, ["campaign", str(tmp_path / "half"), "--budget", "200"])
    assert done.exit_code == 2
    assert "lacks 1 of 1 parts" in done.stderr


def test_a_budget_that_buys_nothing_gives_an_empty_list(scored, tmp_path, monkeypatch):
    """Without money the files are there, with nobody in them."""
    monkeypatch.chdir(scored)
    done = CliRunner().invoke(main, ["campaign", "--budget", "0", "--to", str(tmp_path / "none")], catch_exceptions=False)
    assert done.stdout.startswith("0 customers to contact for 0.00 of 0.00; expected profit 0 (0 to 0).")
    assert len((tmp_path / "none" / "list.csv").read_text(encoding="utf-8").splitlines()) == 1
