"""What people are told of a deployment."""

from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact

from churn.store.tables import now
from pipelines.common import OUTSIDE, store, table
from pipelines.deployment.attempts import ENDED, under_way


def reason(version: str) -> str:
    """How the newest attempt for a version ended, or where it stands, and why."""
    history = store().history()
    known = under_way(history)
    if known and known.line.version == version:
        if known.waiting(now()):
            return f'waits {known.newest.detail["waits"]}: `churn approve {version} --reason "..."`, or the form in Prefect'
        return f"not promoted yet, the deployment is under way; its last line is '{known.newest.kind}'"
    ended = [line.detail for line in history if line.kind == ENDED and line.version == version]
    return f"{'promoted' if ended[-1]['promoted'] else 'not promoted'}, {ended[-1]['reason']}"


@task(**OUTSIDE)
def publish(text: str) -> None:
    """Write the report as an artifact."""
    create_markdown_artifact(markdown=text, key="deployment", description="The gate's decision")


def report(candidate: str, before: str | None, verdict: str, why: str, gated: dict[str, Any]) -> str:
    """What a person reads. verdict: in a word or two. gated: what the history holds of the gate's decision, if anything."""
    criteria = gated.get("criteria", [])
    rows: list[list[object]] = [[c["name"], c["figure"], c["limit"], "yes" if c["holds"] else "**no**"] for c in criteria]
    listed = table(["criterion", "figure", "limit", "holds"], rows) if rows else ""
    return f"# Version {candidate}: {verdict}\n\n{why[:1].upper()}{why[1:]}. Champion before: {before or 'none'}.\n\n{listed}\n"
