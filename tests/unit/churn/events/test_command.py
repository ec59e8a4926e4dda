"""`churn snapshots` and what follows it, as a person at a terminal runs them."""

import json
import re
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest

PARAMS = """
name: shop  # ours
problem: {horizon_days: 30}
events:
  sources:
    visits: {table: visits.csv, customer: who, time: day, features: {windows: [30]}}
  churn: {no_activity_in: [visits], active_within_days: 30}
  snapshots: {first: 2025-02-01, every_days: 30}
"""


@pytest.fixture
def folder(tmp_path):
    """Visits of 300 customers in half a year, who come more or less often."""
    random = np.random.default_rng(0)
    often = random.integers(1, 20, 300)
    who = np.repeat(np.arange(300), often)
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(random.integers(0, 180, len(who)), "D")
    pd.DataFrame({"who": [f"{one:04}" for one in who], "day": days}).to_csv(tmp_path / "visits.csv", index=False)
    (tmp_path / "params.yaml").write_text(PARAMS, encoding="utf-8")
    return tmp_path


def test_one_file_makes_a_workspace(command, folder):
    """A params.yaml with events alone becomes a workspace; a second run changes nothing; its data are prepared as any table,
    one customer is shown with the events behind each feature, and the newest snapshot can be looked up in.
    """
    first = command("churn", "snapshots", cwd=folder).stdout
    assert "visits: 3,141 events from 2025-01-01 to 2025-06-29" in first
    assert "outcomes not yet known" in first
    written = {path: path.read_bytes() for path in [folder / "params.yaml", folder / "data.dvc", *(folder / "data").iterdir()]}
    assert "# ours" in written[folder / "params.yaml"].decode()
    assert command("churn", "snapshots", cwd=folder).stdout.count("(unchanged)") == len(list((folder / "data").iterdir()))
    assert {path: path.read_bytes() for path in written} == written
    command("churn", "stage", "prepare", cwd=folder)
    contract = json.loads((folder / "artifacts/prepared/contract.json").read_text())
    assert {column["name"] for column in contract["columns"]} == {"visits_count_30d", "visits_days_since"}
    with closing(sqlite3.connect(folder / "state/features.db")) as database:
        customer, day, count = database.execute("SELECT customer_id, snapshot, visits_count_30d FROM features").fetchone()
    shown = command("churn", "features", customer, "--at", day, cwd=folder).stdout
    assert re.search(rf"^visits_count_30d +{count}  of 1", shown, re.MULTILINE)
    assert shown.count("00:00:00  visits\n") == count


def test_a_run_that_was_killed_before_the_lookup_was_written_is_made_good(command, folder):
    """A lookup of another snapshot, or of none, is written anew although no snapshot is."""
    command("churn", "snapshots", cwd=folder)
    lookup = folder / "state/features.db"
    with closing(sqlite3.connect(lookup)) as database, database:
        database.execute("DELETE FROM features")
        database.execute("PRAGMA user_version = 1")
    assert "(unchanged)" in command("churn", "snapshots", cwd=folder).stdout
    with closing(sqlite3.connect(lookup)) as database:
        assert database.execute("SELECT count(*) FROM features").fetchone()[0] > 0


def test_what_is_wrong_is_said_in_a_line_and_nothing_is_written(command, folder):
    """A misspelt key, or a file without events, stops the command before it writes."""
    (folder / "params.yaml").write_text(PARAMS.replace("windows", "window"), encoding="utf-8")
    found = command("churn", "snapshots", cwd=folder, check=False)
    assert found.returncode == 2
    assert "sources.visits.features.window: unknown key" in found.stderr
    (folder / "params.yaml").write_text("name: shop\n", encoding="utf-8")
    assert "has no `events`" in command("churn", "snapshots", cwd=folder, check=False).stderr
    assert {path.name for path in folder.iterdir()} == {"params.yaml", "visits.csv"}
