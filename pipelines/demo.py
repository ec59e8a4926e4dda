"""A year in the life of the demo company, on the real parts."""

import logging
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from rich.progress import track
from sklearn.metrics import roc_auc_score

from churn import versioning, workspace
from churn.console import console
from churn.errors import ChurnError
from churn.settings import Settings
from churn.simulate import Month, live, write_month
from pipelines import stack
from pipelines.client import Api, Traffic
from pipelines.common import registry, store
from pipelines.deployment import deployment
from pipelines.development import development
from pipelines.discovery import discovery
from pipelines.monitoring import monitoring
from pipelines.runs import await_run, now

SEED, MONTHS, LEARNED, PRICE_RISE = 7, 12, 6, 9


@dataclass
class Line:
    """One month of the table at the end."""

    month: str
    rows: int
    champion: str
    verdict: str = ""
    auc: float = float("nan")
    happened: list[str] = field(default_factory=list)


def run(settings: Settings, customers: int) -> list[Line]:
    """Live through the year in the current, empty folder. Returns a line for each month that was served."""
    stack.end_on_signals()
    months = list(live(SEED, customers, MONTHS, PRICE_RISE))
    _make_workspace(months[:LEARNED])
    with stack.Stack(settings) as running, Api(settings.api_url, settings.client_headers) as api:
        running.start(stack.prefect_server(settings))
        with console.status("deploying the flows"):
            stack.deploy_flows()
        running.start(stack.worker())
        _first_champion()
        running.start(stack.api(settings))
        api.await_model()
        lines = _live(api, months[LEARNED:])
        _hand_over_logs()
        return lines


def _hand_over_logs() -> None:
    """Send what Prefect still holds back while its server is there."""
    for handler in logging.getLogger("prefect.flow_runs").handlers:
        handler.flush()


def _make_workspace(months: list[Month]) -> None:
    """A workspace of its own, with its own history, and the labelled months so far."""
    params = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
    workspace.scaffold(Path(), params, own_git=True)
    Path("data").mkdir()
    for month in track(months, "first six months", console=console):
        write_month(Path("data"), month)
    versioning.pin()
    versioning.record("A new workspace", workspace.TRACKED)


def _first_champion() -> None:
    console.rule("discovery, development, deployment")
    with console.status("discovery"):
        console.print(f"discovery: {discovery()}")
    version = development()
    versioning.record("First training")
    if not deployment(version):
        raise ChurnError("the first candidate did not pass the gate; read the deployment artifact in Prefect")
    console.print(f"version {version} is champion")


def _live(api: Api, months: list[Month]) -> list[Line]:
    lines: list[Line] = []
    asked: list[str] = []
    for position, month in enumerate(months):
        console.rule(month.name)
        if asked:
            api.report_outcomes(asked, months[position - 1].churned)
        line = Line(month.name, len(month.rows), api.version())
        if position + LEARNED + 1 == PRICE_RISE:
            line.happened.append("prices rise, customers change")
        asked = api.score(month.rows)
        _watch(api, line)
        lines.append(line)
    api.report_outcomes(asked, months[-1].churned)
    _fill_auc(lines)
    return lines


def _watch(api: Api, line: Line) -> None:
    """Monitor the month; when the event starts a retraining, customers keep asking until it has ended."""
    since = now()
    with console.status("monitoring: the Evidently report and the verdict"):
        line.verdict = monitoring(line.month)
    console.print(f"{line.month}: {line.verdict}")
    if not any(event.kind == "asked" and event.time > since for event in store().history()):
        return
    with Traffic(api) as traffic, console.status("the event starts the retraining flow; customers keep asking"):
        await_run("retraining", since)
        champion = registry().champion()
        changed = champion is not None and champion.version != line.champion
        after = api.await_version_other_than(line.champion) if changed else line.champion
    line.happened.append(f"drift event, retraining, champion {after}" if changed else "drift event, challenger refused")
    line.happened.append(f"meanwhile {traffic.answered} answers, {traffic.failed} failed")
    if traffic.failed:
        raise ChurnError(f"{traffic.failed} requests failed while the model was replaced; see state/logs/api.log")


def _fill_auc(lines: list[Line]) -> None:
    """AUC of what was answered, now that the outcomes are known."""
    log = store()
    for line in lines:
        rows = [row for row in log.window(line.month, line.champion) if row["churned"] is not None]
        line.auc = float(roc_auc_score([row["churned"] for row in rows], [row["probability"] for row in rows]))
