"""Discovery: is this a problem for a model, and which is the simplest that solves it?"""

import json
from dataclasses import asdict
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from churn import params, settings
from churn.data.describe import describe
from churn.data.labelled import load, split
from churn.decision import Decision
from churn.discovery import Assessment, assess
from pipelines.common import OUTSIDE, table


@flow(name="discovery", log_prints=True)
def discovery() -> str:
    """Judge whether the customer table in data/ is worth a model. Returns the verdict."""
    found = climb()
    publish(found)
    return found.verdict


@task(**OUTSIDE)
def climb() -> Assessment:
    """Read the rows that models may learn from and climb the ladder."""
    knobs = params.load()
    rows, _ = split(load(Path("data"), knobs.data), knobs.split)
    return assess(rows, describe(rows.frame, knobs.data), Decision.of(knobs.problem), knobs.train)


@task(**OUTSIDE)
def publish(found: Assessment) -> None:
    """Write the report as an artifact and as JSON."""
    folder = settings.load().reports
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "discovery.json").write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")
    create_markdown_artifact(markdown=report(found), key="discovery", description="Is this a problem for a model?")


def report(found: Assessment) -> str:
    """What a person reads."""
    problem = params.load().problem
    ladder = table(
        ["who is contacted", "AUC", "profit per 1,000 customers"],
        [[rung.name, rung.auc, rung.mean_profit] for rung in found.ladder],
    )
    rates = table(["snapshot", "share that left"], [[name, f"{rate:.1%}"] for name, rate in found.snapshots.items()])
    return f"""# Discovery: {found.verdict}

**{found.reason}.**

{problem.goal} Used by: {problem.users} Action: {problem.action}

{found.rows:,} customer rows, {found.churners:,} of them left ({found.churners / found.rows:.1%}).
Who left is known {problem.horizon_days} days after a snapshot.

## The ladder, cross-validated

{ladder}

## Base rate over time

{rates}
"""
