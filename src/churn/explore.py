"""Discovery from end to end: read, assess, write the report and the verdict, log it."""

import json
from importlib.resources import files
from pathlib import Path

from churn import params as configuration
from churn import settings, versioning
from churn.data.labelled import Labelled, held_out
from churn.data.sample import draw
from churn.discovery import Assessment, assess
from churn.discovery.ladder import Progress
from churn.discovery.record import FOLDER, Record, overrule
from churn.discovery.report import render
from churn.leak import guard
from churn.params import Params
from churn.registry import Registry
from churn.registry.look import Logged, log_discovery

REPORT = FOLDER / "report.html"
SUMMARY = "evidently.html"
SHIPPED = files("churn") / "templates" / "params.yaml"


def explore(progress: Progress = lambda items, _: items, anyway: bool = False) -> Assessment:
    """Judge the table in data/. Writes report.html, report.json and verdict.json, and logs them as a run in MLflow.

    anyway: record that development may go on after `no-go`.
    """
    params, data = configuration.load(), versioning.pin()
    with_shipped = configuration.load(Path(str(SHIPPED)))
    rows = draw(Path("data"), params.data, params.split.customers).rows
    seen = guard(rows.frame, rows.label, rows.group, rows.snapshot, params.data)
    found = assess(rows, params.model_copy(update={"data": seen.data}), with_shipped, progress)
    summary = summarized(rows, params)
    write(found, params, summary)
    Record.of(found.verdict, data, params.problem).save(FOLDER)
    if anyway:
        overrule(data, params.problem)
    registry = Registry(settings.load().tracking_uri, params.name)
    asked = {f"problem.{name}": value for name, value in params.problem.model_dump().items()}
    log_discovery(registry, Logged(data, found.verdict.word, asked, figures(found)), FOLDER)
    return found


def summarized(rows: Labelled, params: Params) -> str | None:
    """Write Evidently's page about a draw of the rows that models may learn from; its name, None where none is wanted."""
    most = params.discovery.summary_rows
    if not most:
        return None
    from monitoring.report import summarize  # noqa: PLC0415 - Evidently takes seconds to import

    frame = rows.frame[~held_out(rows, params.split)]
    drawn = frame.sample(min(most, len(frame)), random_state=params.train.seed).reset_index(drop=True)
    flags = [name for name, kind in params.data.columns.items() if kind == "boolean"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn[flags] = drawn[flags].astype(object).replace({1.0: "yes", 0.0: "no"})
    summarize(drawn, FOLDER / SUMMARY)
    return SUMMARY


def write(found: Assessment, params: Params, summary: str | None = None) -> None:
    """The report for people, with a link to the page `summary` beside it, and the one for programs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(render(found, params.name, summary), encoding="utf-8")
    text = json.dumps(found.to_json(), indent=2, ensure_ascii=False)
    (FOLDER / "report.json").write_text(text + "\n", encoding="utf-8")


def figures(found: Assessment) -> dict[str, float]:
    """The numbers to compare runs by; `.low` and `.high` are the ends of intervals."""
    counts = {"rows": found.rows, "customers": found.customers, "churners": found.churners, "rate": found.rate}
    steps = {
        f"{figure}.{step.name}": getattr(step, figure)
        for step in found.ladder
        for figure in ("auc", "log_loss", "profit_per_1000", "gain_per_1000")
        if step.learner
    }
    growth = {f"auc.{one.rows}_rows": one.auc for one in found.growth}
    ends = {
        name + end: value
        for name, one in (steps | growth).items()
        for end, value in (("", one.value), (".low", one.low), (".high", one.high))
    }
    return counts | ends
