"""The drift dashboard: an Evidently workspace whose panels follow the windows over time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid5

from evidently.core.report import Snapshot
from evidently.sdk.models import DashboardModel, DashboardTabModel, PanelMetric
from evidently.sdk.panels import line_plot_panel
from evidently.ui.workspace import Project, Workspace

from monitoring.table import PREDICTION

KEPT = 60  # reports; a month each, five years
ABOUT = "Each window of predictions beside the reference rows of the model that made them."
MOVED = "p-value against the reference; near 0 means that the column moved"


def publish(
    workspace: Path, project: str, run: Snapshot, features: Sequence[str], *, tags: Sequence[str] = (), kept: int = KEPT
) -> str:
    """Add a report to the project, which is created the first time; returns the id of the project.

    A report of the same name and tags takes the place of the older one; above `kept` reports the oldest are deleted.
    The panels are drawn the first time, and anew when a feature has none. Customer rows are not copied.
    """
    room = Workspace.create(str(workspace))
    found = room.search_project(project)
    home = found[0] if found else room.create_project(project, ABOUT)
    if not {panel.title for panel in room.get_dashboard(home.id).panels} >= {*features}:
        _draw(room, home, features)
    model = run.to_snapshot_model().copy(update={"tags": [*tags]})
    room.state.write_snapshot(home.id, uuid5(home.id, "/".join([str(model.name), *tags])), model)
    _forget(room, home, kept)
    return str(home.id)


def _forget(room: Workspace, home: Project, kept: int) -> None:
    """The page reads every report, so that their number must not grow for ever."""
    identities = room.list_runs(home.id)
    if len(identities) <= kept:
        return
    times = {identity: run.timestamp for identity in identities if (run := room.get_run(home.id, identity))}
    for identity in sorted(times, key=lambda identity: times[identity])[:-kept]:
        room.delete_run(home.id, identity)


def _draw(room: Workspace, home: Project, features: Sequence[str]) -> None:
    panels = [line_plot_panel(title, values, subtitle, "half") for title, subtitle, values in _panels(features)]
    tab = DashboardTabModel(title="Windows", panels=[panel.id for panel in panels])
    room.save_dashboard(home.id, DashboardModel(tabs=[tab], panels=panels))


def _panels(features: Sequence[str]) -> list[tuple[str, str, list[PanelMetric]]]:
    """Title, subtitle and lines; the lines of p-values would hide each other in one panel."""
    return [
        ("Columns that moved", "share of all columns", [_line("share", "DriftedColumnsCount", value_type="share")]),
        ("Predicted probability", "mean of the window", [_line("mean", "MeanValue", column=PREDICTION)]),
        ("Missing values", "share of the window", [_share(name, "MissingValueCount") for name in features]),
        ("Unknown levels", "share of values the model never saw", [_share(name, "OutListValueCount") for name in features]),
        ("Predictions", "rows compared in the window", [_line("rows", "RowCount")]),
        *((name, MOVED, [_line("p-value", "ValueDrift", column=name)]) for name in (PREDICTION, *features)),
    ]


def _share(name: str, metric: str) -> PanelMetric:
    return _line(name, metric, column=name, value_type="share")


def _line(legend: str, metric: str, **labels: Any) -> PanelMetric:
    return PanelMetric(legend=legend, metric=metric, metric_labels=labels)
