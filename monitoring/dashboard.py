"""The drift dashboard: an Evidently workspace whose panels follow the windows over time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid5

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.core.report import Snapshot
from evidently.core.serialization import SnapshotModel
from evidently.metrics import MeanValue
from evidently.sdk.models import DashboardModel, DashboardPanelPlot, DashboardTabModel, PanelMetric
from evidently.sdk.panels import bar_plot_panel, line_plot_panel
from evidently.ui.workspace import Project, Workspace

from monitoring.table import PREDICTION
from monitoring.told import CALIBRATION, COLUMNS, EARNED, ESTIMATED, LIVE, NEW_MODEL, PREFIX, PROMISED, ROWS, WORTH

ABOUT = "Each window of predictions beside the reference rows of the model that made them."
MOVED = "p-value against the reference; near 0 means that the column moved"


def publish(
    workspace: Path,
    project: str,
    run: Snapshot,
    features: Sequence[str],
    told: Mapping[str, float],
    *,
    kept: int,
    tags: Sequence[str] = (),
) -> str:
    """Add a report to the project, which is created the first time; returns the id of the project.

    told: figures of the window besides the report, by name, as `monitoring.told` gives them. A report of the same name
    and tags takes the place of the older one; above `kept` reports the oldest are deleted. The panels are drawn the first
    time, and anew when one is absent. Customer rows are not copied.
    """
    room = Workspace.create(str(workspace))
    found = room.search_project(project)
    home = found[0] if found else room.create_project(project, ABOUT)
    panels = _panels(features)
    if not {panel.title for panel in room.get_dashboard(home.id).panels} >= {panel.title for panel in panels}:
        tab = DashboardTabModel(title="Windows", panels=[panel.id for panel in panels])
        room.save_dashboard(home.id, DashboardModel(tabs=[tab], panels=panels))
    model = _with(run.to_snapshot_model(), told).copy(update={"tags": [*tags]})
    room.state.write_snapshot(home.id, uuid5(home.id, "/".join([str(model.name), *tags])), model)
    _forget(room, home, kept)
    return str(home.id)


def _with(model: SnapshotModel, told: Mapping[str, float]) -> SnapshotModel:
    """The report with more figures. Evidently's pages know its own metrics only, so each is the mean of one row."""
    if not told:
        return model
    row = Dataset.from_pandas(pd.DataFrame([told]), data_definition=DataDefinition(numerical_columns=[*told]))
    added = Report([MeanValue(column=name) for name in told]).run(row, None).to_snapshot_model()
    return model.copy(update={"metric_results": {**model.metric_results, **added.metric_results}})


def _forget(room: Workspace, home: Project, kept: int) -> None:
    """The page reads every report, so that their number must not grow for ever."""
    identities = room.list_runs(home.id)
    if len(identities) <= kept:
        return
    times = {identity: run.timestamp for identity in identities if (run := room.get_run(home.id, identity))}
    for identity in sorted(times, key=lambda identity: times[identity])[:-kept]:
        room.delete_run(home.id, identity)


def _panels(features: Sequence[str]) -> list[DashboardPanelPlot]:
    """The model first, then its columns; the lines of p-values would hide each other in one panel."""
    lines = [
        ("Columns that stand out", "by the tests of the verdict, in the window by itself", [_told(COLUMNS)]),
        ("AUC", "on the newest known outcomes, expected from the predictions, promised", _all(LIVE, ESTIMATED, PROMISED)),
        ("Calibration", "observed minus predicted rate on the newest known outcomes; 0 is right", [_told(CALIBRATION)]),
        ("Worth", "expected profit of the window", [_told(WORTH)]),
        ("Earned", "profit per 1,000 customers on the newest known outcomes, less the predicted one", [_told(EARNED)]),
        ("Share of columns that moved", "share of all columns", [_line("share", "DriftedColumnsCount", value_type="share")]),
        ("Predicted probability", "mean of the window", [_line("mean", "MeanValue", column=PREDICTION)]),
        ("Missing values", "share of the window", [_share(name, "MissingValueCount") for name in features]),
        ("Unknown levels", "share of values the model never saw", [_share(name, "OutListValueCount") for name in features]),
        ("Customers", "rows of the window", [_told(ROWS)]),
    ]
    marks = bar_plot_panel("New models", [_told(NEW_MODEL)], "1 where a new version scored for the first time", "half")
    each = [(name, MOVED, [_line("p-value", "ValueDrift", column=name)]) for name in (PREDICTION, *features)]
    of_model, of_columns = (
        [line_plot_panel(title, values, subtitle, "half") for title, subtitle, values in part] for part in (lines, each)
    )
    return [*of_model, marks, *of_columns]


def _all(*names: str) -> list[PanelMetric]:
    return [_told(name) for name in names]


def _told(name: str) -> PanelMetric:
    return _line(name.removeprefix(PREFIX), "MeanValue", column=name)


def _share(name: str, metric: str) -> PanelMetric:
    return _line(name, metric, column=name, value_type="share")


def _line(legend: str, metric: str, **labels: Any) -> PanelMetric:
    return PanelMetric(legend=legend, metric=metric, metric_labels=labels)
