"""Runs over real files, from the first look to the count."""

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from churn.bundle.open import open_bundle
from churn.cli import main
from churn.errors import TableError
from churn.rollout.share import CONTROL, place
from churn.score import files, job, part
from churn.score.plan import Asked, make
from churn.score.write import Target
from support.tiny import DECISION, build_bundle


def run(source, out, asked, share=job.WHOLE, most=None, contract=None):
    """Score in parts of at most `most` rows; the result as one table."""
    target = Target(str(out))
    if most:
        target.write_text("_plan.json", make(files.find(str(source)), asked, contract, most).model_dump_json())
    job.score_all(str(source), str(out), asked, share)
    return pd.read_parquet(out)


def written(out):
    return {path.name: path.read_bytes() for path in Path(out).glob("part-*.parquet")}


@pytest.mark.parametrize("kind", ["csv", "parquet", "folder", "pattern", "memory"])
def test_scores_equal_those_of_the_server(tmp_path, kind, bundle, asked, customers, expected):
    """However a table is stored, each customer gets the probability and decision that the API gives, to the bit."""
    if kind in ("csv", "parquet"):
        source = tmp_path / f"in.{kind}"
        (customers.to_csv if kind == "csv" else customers.to_parquet)(source, index=False)
    else:
        where = tmp_path / "in" if kind != "memory" else f"memory://{tmp_path.name}/in"
        (tmp_path / "in").mkdir()
        for number in range(2):
            customers[250 * number : 250 * (number + 1)].to_parquet(f"{where}/{number}.parquet", index=False)
        source = f"{where}/*.parquet" if kind == "pattern" else where
    scored = run(source, tmp_path / "out", asked)
    assert scored["customer id"].tolist() == customers["customer id"].tolist()
    assert scored["probability"].tolist() == expected.probability
    assert scored["contact"].tolist() == expected.contact
    assert scored["month"].unique() == ["2026-02"]
    assert scored["model_version"].unique() == ["7"]
    assert scored["data_hash"].unique() == [bundle.data_hash]


def test_the_control_group_is_that_of_the_server(tmp_path, customers):
    """Customers of the control group, by the hash that the server takes, are marked and never to be contacted."""
    spared = open_bundle(build_bundle(tmp_path / "bundle", decision=DECISION.model_copy(update={"control": 0.4})))
    customers.to_csv(tmp_path / "in.csv", index=False)
    asked = Asked(bundle=str(spared.folder), fingerprint=spared.fingerprint, version="7")
    scored = run(tmp_path / "in.csv", tmp_path / "out", asked)
    marked = [place(customer, CONTROL) < 0.4 for customer in customers["customer id"]]
    assert scored["control_group"].tolist() == marked
    assert scored["contact"].any()
    assert not scored["contact"][marked].any()


def test_an_id_that_became_a_decimal_number_is_the_whole_one(tmp_path, customers):
    """A table that went through a join keeps 7 as 7.0; the customer is in the control group of 7 all the same."""
    spared = open_bundle(build_bundle(tmp_path / "bundle", decision=DECISION.model_copy(update={"control": 0.4})))
    numbered = customers.assign(**{"customer id": [float(number) for number in range(len(customers))]})
    numbered.to_parquet(tmp_path / "in.parquet", index=False)
    asked = Asked(bundle=str(spared.folder), fingerprint=spared.fingerprint, version="7")
    scored = run(tmp_path / "in.parquet", tmp_path / "out", asked)
    assert scored["control_group"].tolist() == [place(str(number), CONTROL) < 0.4 for number in range(len(customers))]


def test_a_run_that_was_killed_goes_on_with_what_is_left(tmp_path, bundle, asked, customers):
    """Parts that are there are not written again, what a killed process left is removed, and the bytes are as of one run."""
    customers.to_csv(tmp_path / "in.csv", index=False)
    whole = run(tmp_path / "in.csv", tmp_path / "whole", asked, most=100, contract=bundle.contract)
    run(tmp_path / "in.csv", tmp_path / "out", asked, most=100, contract=bundle.contract)
    out = tmp_path / "out"
    (out / "part-00002.parquet").unlink()
    (out / "_unfinished").mkdir()
    (out / "_unfinished" / "half").write_bytes(b"PAR1")
    before = {path: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert len(before) == 4
    job.score_all(str(tmp_path / "in.csv"), str(out), asked)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert written(out) == written(tmp_path / "whole")
    assert not (out / "_unfinished").exists()
    assert len(whole) == len(customers)


def test_shares_make_the_whole(tmp_path, bundle, asked, customers):
    """Three array jobs, of which none knows the others, leave the same bytes as one run."""
    customers.to_csv(tmp_path / "in.csv", index=False)
    run(tmp_path / "in.csv", tmp_path / "whole", asked, most=60, contract=bundle.contract)
    for number in (3, 1, 2):
        run(tmp_path / "in.csv", tmp_path / "out", asked, job.Share(number, 3), most=60, contract=bundle.contract)
    assert len(written(tmp_path / "out")) == 9
    assert written(tmp_path / "out") == written(tmp_path / "whole")


@pytest.mark.parametrize("text", ["0/3", "4/3", "x", "1/", "-1/2"])
def test_a_share_that_is_none_is_refused(text):
    """A share that cannot be is named, with what a share looks like."""
    with pytest.raises(TableError, match="3/8"):
        job.Share.of_text(text)


def test_wrong_rows_are_rejected_each_with_its_reason(tmp_path, asked, customers):
    """Rows that cannot be scored stand in the rejects with file, position, customer and reason; the others are scored."""
    table = customers.astype(object).head(6)
    table.loc[1, "tenure"], table.loc[3, "class"], table.loc[3, "model_config"] = "long", None, "perhaps"
    lines = table.to_csv(index=False).splitlines()
    lines[5] += ",one more"  # the row at position 4
    (tmp_path / "in.csv").write_text("\n".join([*lines, ""]))
    scored = run(tmp_path / "in.csv", tmp_path / "out", asked)
    assert scored["customer id"].tolist() == ["C0", "C2", "C5"]
    with (tmp_path / "out" / "_rejects" / "part-00000.csv").open(newline="") as text:
        rejects = list(csv.DictReader(text))
    assert {row["file"] for row in rejects} == {str(tmp_path / "in.csv")}
    assert [(row["row"], row["id"]) for row in rejects] == [("1", "C1"), ("3", "C3"), ("4", "")]
    assert rejects[0]["reason"] == "tenure: 'long' is not a number"
    assert rejects[1]["reason"].startswith("class: is missing")
    assert "'perhaps' is not true or false" in rejects[1]["reason"]
    assert rejects[2]["reason"] == "the row has 9 cells where the header has 8"


def test_a_result_is_of_one_input_and_one_model(tmp_path, asked, customers):
    """A folder with other scores, or with anything else, is refused and left as it is."""
    customers.to_csv(tmp_path / "in.csv", index=False)
    run(tmp_path / "in.csv", tmp_path / "out", asked)
    with pytest.raises(TableError, match="other options"):
        run(tmp_path / "in.csv", tmp_path / "out", asked.model_copy(update={"keep": ("region",)}))
    customers.head(10).to_csv(tmp_path / "in.csv", index=False)
    with pytest.raises(TableError, match="changed input"):
        run(tmp_path / "in.csv", tmp_path / "out", asked)
    with pytest.raises(TableError, match="not empty"):
        run(tmp_path / "in.csv", tmp_path, asked)


def test_a_run_may_begin_beside_another_or_after_it_was_killed(tmp_path, asked, customers):
    """What another process has begun to write, before there is a plan, is no other result."""
    customers.to_csv(tmp_path / "in.csv", index=False)
    (tmp_path / "out" / "_unfinished").mkdir(parents=True)
    assert len(run(tmp_path / "in.csv", tmp_path / "out", asked)) == len(customers)


def test_a_missing_column_ends_the_run_before_anything_is_written(tmp_path, asked, customers):
    """The file and the column are named, and there is no folder."""
    customers.drop(columns="tenure").to_csv(tmp_path / "in.csv", index=False)
    with pytest.raises(TableError, match=r"in\.csv lacks the column 'tenure'"):
        run(tmp_path / "in.csv", tmp_path / "out", asked)
    assert not (tmp_path / "out").exists()


def test_a_kept_column_may_not_hide_one_of_the_result(tmp_path, asked, customers):
    """A column of the input that is called like a column of the result is refused."""
    customers.assign(probability=0.5).to_csv(tmp_path / "in.csv", index=False)
    with pytest.raises(TableError, match="--keep 'probability'"):
        run(tmp_path / "in.csv", tmp_path / "out", asked.model_copy(update={"keep": ("probability",)}))


def test_nothing_to_score_is_said(tmp_path, asked):
    """A place without a table is refused with what may be given."""
    with pytest.raises(TableError, match="holds nothing; give a Parquet or CSV file"):
        run(tmp_path / "nowhere", tmp_path / "out", asked)


def test_kept_columns_and_reasons_come_along(tmp_path, asked, customers, expected):
    """Kept columns are as in the input; each customer to contact has reasons, nobody else."""
    customers.head(40).to_parquet(tmp_path / "in.parquet", index=False)
    wanted = asked.model_copy(update={"keep": ("region",), "reasons": 2})
    scored = run(tmp_path / "in.parquet", tmp_path / "out", wanted)
    assert scored["region"].tolist() == customers["region"].head(40).tolist()
    assert [reasons is not None for reasons in scored["reasons"]] == expected.contact[:40]
    first = next(reasons for reasons in scored["reasons"] if reasons is not None)
    assert [sorted(reason) for reason in first] == [["contribution", "feature", "sentence"]] * 2
    assert first[0]["sentence"].endswith("the risk of leaving.")


def test_parquet_is_cut_at_row_groups(tmp_path, bundle, asked, customers):
    """Neighbouring row groups make a part up to its size; a larger group is a part of its own."""
    pq.write_table(pa.Table.from_pandas(customers, preserve_index=False), tmp_path / "in.parquet", row_group_size=100)
    plan = make(files.find(str(tmp_path / "in.parquet")), asked, bundle.contract, 250)
    assert [(one.start, one.stop, one.rows_before) for one in plan.parts] == [(0, 2, 0), (2, 4, 200), (4, 5, 400)]
    scored = [part.score(plan, one, Target(str(tmp_path / "out"))).scored for one in plan.parts]
    assert scored == [200, 200, 100]


def test_the_command_scores_with_a_bundle_anywhere(tmp_path, bundle, customers, monkeypatch):
    """`churn score` needs no workspace where the model is a folder; it ends with the counts in one line."""
    monkeypatch.chdir(tmp_path)
    customers.to_csv("in.csv", index=False)
    done = CliRunner().invoke(main, ["score", "in.csv", "out", "--bundle", str(bundle.folder), "--part", "1/1"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"500 rows scored by version {bundle.fingerprint[:12]}, ")
    assert "; none rejected; " in done.stdout
    refused = CliRunner().invoke(main, ["score", "in.csv", "out", "--bundle", str(bundle.folder), "--part", "2/1"])
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
