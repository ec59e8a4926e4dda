"""Discovery: is this a problem for a model, and which is the simplest that solves it?"""

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from churn.discovery import Assessment
from churn.explore import REPORT, explore
from pipelines.common import OUTSIDE, table


@flow(name="discovery", log_prints=True)
def discovery(anyway: bool = False) -> str:
    """Judge whether the customer table in data/ is worth a model. Returns the verdict.

    anyway: record that development may go on after no-go.
    """
    found = look(anyway)
    publish(found)
    return found.verdict.word


@task(**OUTSIDE)
def look(anyway: bool) -> Assessment:
    """Read the table, climb the ladder, write and log the report."""
    return explore(anyway=anyway)


@task(**OUTSIDE)
def publish(found: Assessment) -> None:
    """Write the short of it as an artifact."""
    create_markdown_artifact(markdown=report(found), key="discovery", description="Is this a problem for a model?")


def report(found: Assessment) -> str:
    """What a person reads in Prefect; the whole of it is the HTML page."""
    ladder = table(
        ["who is contacted", "AUC", "profit per 1,000 customers", "low", "high"],
        [[s.name, s.auc.value, s.profit_per_1000.value, s.profit_per_1000.low, s.profit_per_1000.high] for s in found.ladder],
    )
    gaps = "\n".join(f"- {gap}" for gap in found.missing) or "Nothing."
    return f"""# Discovery: {found.verdict.word}

**{found.verdict.reason}.** {found.next_step}

{found.rows:,} customer rows, {found.churners:,} of them left ({found.rate:.1%}). The whole report: `{REPORT}`

## The ladder, cross-validated

{ladder}

{found.more_rows}.

## Missing from the problem

{gaps}
"""
