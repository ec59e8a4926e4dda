"""Discovery from end to end: read, assess, write the report and the verdict, log it."""

import json
from importlib.resources import files
from pathlib import Path

from churn import params as configuration
from churn import settings, versioning
from churn.data.labelled import load
from churn.discovery import Assessment, assess
from churn.discovery.ladder import Progress
from churn.discovery.record import FOLDER, Record, overrule
from churn.discovery.report import render
from churn.leak import guard
from churn.params import Params
from churn.registry import Registry
from churn.registry.look import log_discovery

REPORT = FOLDER / "report.html"
SHIPPED = files("churn") / "templates" / "params.yaml"


def explore(progress: Progress = lambda items, _: items, anyway: bool = False) -> Assessment:
    """Judge the table in data/. Writes report.html, report.json and verdict.json, and logs them as a run in MLflow.

    anyway: record that development may go on after `no-go`.
    """
    params, data = configuration.load(), versioning.pin()
    with_shipped = configuration.load(Path(str(SHIPPED)))
    rows = load(Path("data"), params.data)
    seen = guard(rows.frame, rows.label, rows.group, rows.snapshot, params.data)
    found = assess(rows, params.model_copy(update={"data": seen.data}), with_shipped, progress)
    write(found, params)
    Record.of(found.verdict, data, params.problem).save(FOLDER)
    if anyway:
        overrule(data, params.problem)
    registry = Registry(settings.load().tracking_uri, params.name)
    log_discovery(registry, data, found.verdict.word, figures(found), FOLDER)
    return found


def write(found: Assessment, params: Params) -> None:
    """The report for people and the one for programs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(render(found, params.name), encoding="utf-8")
    text = json.dumps(found.to_json(), indent=2, ensure_ascii=False)
    (FOLDER / "report.json").write_text(text + "\n", encoding="utf-8")


def figures(found: Assessment) -> dict[str, float]:
    """The numbers to compare runs by."""
    counts = {"rows": found.rows, "customers": found.customers, "churners": found.churners, "rate": found.rate}
    profits = {f"profit_per_1000.{step.name}": step.profit_per_1000.value for step in found.ladder}
    aucs = {f"auc.{step.name}": step.auc.value for step in found.ladder if step.learner}
    return counts | profits | aucs
