"""One window through the real report: figures, files, and the dashboard that follows it over time."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import ks_2samp

from churn.bundle.open import Reference
from churn.contract import Column, Contract
from churn.decision import Decision
from churn.params import Monitoring
from churn.store.stream import Piece
from monitoring.figures import Figures
from monitoring.measure import Past, measure
from monitoring.read import as_matured, as_part
from monitoring.verdict import judge
from monitoring.window import as_sets, yardstick_of
from monitoring.yardstick import Matured
from support.policy import monitoring

ROWS = 600
SCRIPT = "</script><script>alert(1)</script>"
CONTRACT = Contract(
    target="left", positive="Yes", id=None, snapshot=None, missing_words=("unknown",),
    columns=(
        Column(name="charge", kind="number", nullable=True, example=50.0),
        Column(name="calls", kind="number", nullable=False, example=1.0),
        Column(name="plan", kind="category", nullable=True, example="month", levels=("month", "year", "<1 week")),
        Column(name="region", kind="category", nullable=True, example="north", levels=("north", "south")),
        Column(name="online", kind="boolean", nullable=False, example=True),
    ),
)  # fmt: skip


@dataclass
class FakeTrain:
    seed: int = 7


@dataclass
class FakeData:
    protected: tuple[str, ...] = ()


@dataclass
class FakeParams:
    monitoring: Monitoring
    data: FakeData
    train: FakeTrain


@dataclass
class FakeBundle:
    contract: Contract
    decision: Decision
    kept: Reference

    def reference(self) -> Reference:
        return self.kept

    def score_matrix(self, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Who calls more is more likely to leave."""
        return np.clip(np.nan_to_num(matrix[:, 1]) / 10, 0.01, 0.99).astype(np.float64)


class Looked(NamedTuple):
    figures: Figures
    report: Any


def customers(seed: int, count: int = ROWS) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    plans = random.choice(["month", "year", "<1 week", "unknown"], count, p=[0.5, 0.3, 0.15, 0.05])
    return [
        {
            "charge": None if random.random() < 0.05 else float(random.normal(50, 10)),
            "calls": int(random.poisson(2)),
            "plan": str(plans[i]),
            "region": str(random.choice(["north", "south"])),
            "online": bool(random.random() < 0.4),
        }
        for i in range(count)
    ]


def scores(count: int, seed: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).beta(2, 5, count)


DECISION = Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)
PARAMS: Any = FakeParams(monitoring(sample_rows=2000), FakeData(), FakeTrain())
CHANCES = scores(1200, 1)
OUTCOMES = (np.random.default_rng(2).random(1200) < CHANCES).astype(np.int64)
BUNDLE: Any = FakeBundle(CONTRACT, DECISION, Reference(customers(0, 1200), OUTCOMES, CHANCES, np.arange(1200)))


def stored(rows: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Rows as the store gives them; every other outcome is known, and follows the scores."""
    luck = np.random.default_rng(seed + 1).random(len(rows))
    return [
        {"features": row, "probability": float(p), "churned": bool(luck[i] < p) if i % 2 else None}
        for i, (row, p) in enumerate(zip(rows, scores(len(rows), seed), strict=True))
    ]


def matured(window: list[dict[str, Any]]) -> Matured:
    """Such rows as arrays."""
    count = len(window)
    texts = tuple(json.dumps(row["features"]) for row in window)
    probability, churned = (tuple(row[name] for row in window) for name in ("probability", "churned"))
    piece = Piece(texts, probability, (None,) * count, ("2026-01-01",) * count, churned)
    return as_matured(BUNDLE.contract, [as_part(BUNDLE.contract, piece)])


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Looked]:
    def run(rows: list[dict[str, Any]], snapshot: str = "2025-07", seed: int = 5) -> Looked:
        from monitoring.draw import draw  # noqa: PLC0415 - seconds

        window = stored(rows, seed)
        known = as_sets(iter([matured([row for row in window if row["churned"] is not None])]), 100, 2)
        past, policy = Past(matured=known, looks=1), PARAMS.monitoring
        figures = measure(yardstick_of(BUNDLE, PARAMS), snapshot, matured(window).block, past, policy)
        return Looked(figures, figures.comparisons and draw(BUNDLE, window, figures, PARAMS, tmp_path / "reports"))

    return run


def p_values(figures: Figures) -> dict[tuple[str, str], float]:
    return {comparison.key: comparison.p_value for comparison in figures.comparisons}


def test_same_customers_are_steady(look: Callable[..., Looked]) -> None:
    """A window from the same customers is steady, survives JSON, and tests every column and the prediction."""
    figures = look(customers(3)).figures
    assert judge([figures], PARAMS.monitoring).state == "steady"
    again = Figures.from_json(json.loads(json.dumps(figures.to_json(), allow_nan=False)))
    assert again is not None
    assert again.to_json() == figures.to_json()
    tested = {column for _, column in p_values(figures)}
    assert tested == {*CONTRACT.features, "predicted probability", "all columns together"}
    assert ("missing", "plan") in p_values(figures)
    assert (figures.rows, figures.outcomes) == (ROWS, ROWS // 2)


def test_p_values_are_near_scipys(look: Callable[..., Looked]) -> None:
    """A number of many values has about the p-value of scipy on the values that are not missing, counted as it is."""
    rows = customers(3)
    values = ([row["charge"] for row in table if row["charge"] is not None] for table in (BUNDLE.kept.rows, rows))
    exact = ks_2samp(*values, method="asymp").pvalue
    assert exact <= p_values(look(rows).figures)["distribution", "charge"] == pytest.approx(exact, rel=0.5)


def test_every_change_is_found(look: Callable[..., Looked]) -> None:
    """A shifted number, a new level and lost values are each found."""
    rows = customers(4)
    for i, row in enumerate(rows):
        row["charge"] = None if row["charge"] is None else row["charge"] + 10
        row["region"] = "west" if i % 5 == 0 else row["region"]
        row["plan"] = None if i % 3 == 0 else row["plan"]
    figures = look(rows).figures
    for key in [("distribution", "charge"), ("unseen", "region"), ("missing", "plan")]:
        assert p_values(figures)[key] < 1e-6
    verdict = judge([figures], PARAMS.monitoring)
    assert (verdict.state, verdict.columns) == ("broken", ("plan",))


def test_empty_column(look: Callable[..., Looked]) -> None:
    """A column that is missing everywhere is tested on its missing values alone, and the report is made."""
    examined = look([row | {"plan": None, "calls": None} for row in customers(4)])
    assert ("distribution", "plan") not in p_values(examined.figures)
    assert p_values(examined.figures)["missing", "calls"] < 1e-6
    assert examined.report is not None
    names = {metric["metric_name"]: metric["value"] for metric in examined.report.run.dict()["metrics"]}
    assert names["MissingValueCount(column=plan)"]["share"] == 1.0


def test_constant_columns(look: Callable[..., Looked]) -> None:
    """Columns with one value each make a report like any other."""
    rows = [{"charge": 50, "calls": 0, "plan": "month", "region": "north", "online": True}] * ROWS
    assert all(np.isfinite(p) for p in p_values(look(rows).figures).values())


def test_few_rows(look: Callable[..., Looked]) -> None:
    """Below min_rows no report is made and nothing is tested."""
    figures, report = look(customers(4, 299))
    assert not report
    assert figures.comparisons == ()
    assert judge([figures], PARAMS.monitoring).state == "insufficient"


def test_files(look: Callable[..., Looked], tmp_path: Path) -> None:
    """HTML and JSON lie beside each other, and the JSON reads back as a full report."""
    from evidently.core.report import Snapshot  # noqa: PLC0415 - seconds, only for tests that need it

    report = look(customers(3)).report
    assert report is not None
    assert [report.html, report.json] == [tmp_path / "reports" / f"2025-07.{kind}" for kind in ("html", "json")]
    assert "<html" in report.html.read_text(encoding="utf-8")
    again = Snapshot.load(report.json)
    values = [{metric["id"]: json.dumps(metric["value"]) for metric in run.dict()["metrics"]} for run in (again, report.run)]
    assert values[0] == values[1]
    assert len(again.to_snapshot_model().widgets) == len(report.run.to_snapshot_model().widgets)
    assert again.get_name() == "2025-07"


def test_a_browser_draws_the_report(look: Callable[..., Looked], page: Callable[[str], str]) -> None:
    """A person who opens the HTML reads how many columns drifted and the name of each."""
    report = look([row | {"calls": row["calls"] + 3} for row in customers(3)]).report
    assert report is not None
    drawn = page(report.html.as_uri())
    assert "Dataset Drift is detected" in drawn
    assert all(name in drawn for name in CONTRACT.features)


def test_hostile_names(look: Callable[..., Looked], tmp_path: Path) -> None:
    """Neither the name of a snapshot leaves the folder nor a category the script it is written into."""
    rows = [row | {"region": SCRIPT} for row in customers(4)]
    report = look(rows, snapshot="../../etc/x").report
    assert report is not None
    assert report.html.parent == tmp_path / "reports"
    assert SCRIPT not in report.html.read_text(encoding="utf-8")
    assert "</script><script>" not in report.json.read_text(encoding="utf-8")


def test_marks_agree_with_tests(look: Callable[..., Looked]) -> None:
    """The report marks exactly the columns whose distribution stands out, worst first."""
    report = look([row | {"calls": row["calls"] + 3} for row in customers(4)]).report
    assert report is not None
    (table,) = [w for w in report.run.to_snapshot_model().widgets if w.type == "big_table"]
    marks = [(row["column_name"], row["data_drift"]) for row in table.params["data"]]
    assert marks[0] == ("calls", "Detected")
    assert {mark for _, mark in marks[1:]} == {"Not Detected"}


def test_old_reports(look: Callable[..., Looked], tmp_path: Path) -> None:
    """Above the number kept, the oldest report is deleted."""
    from evidently.ui.workspace import Workspace  # noqa: PLC0415

    from monitoring.dashboard import publish  # noqa: PLC0415

    for month in ("2025-06", "2025-08", "2025-07"):
        report = look(customers(3), snapshot=month).report
        assert report is not None
        project = publish(tmp_path, "churn", report.run, CONTRACT.features, {}, kept=2)
    room = Workspace.create(str(tmp_path))
    runs = [room.get_run(project, identity) for identity in room.list_runs(project)]
    assert sorted(str(run.name) for run in runs if run) == ["2025-07", "2025-08"]


def test_dashboard(look: Callable[..., Looked], tmp_path: Path) -> None:
    """Every panel finds its metrics, with equal parameters, in each month; a month that comes again replaces itself."""
    from evidently.ui.workspace import Workspace  # noqa: PLC0415

    from monitoring.dashboard import publish  # noqa: PLC0415
    from monitoring.told import told  # noqa: PLC0415

    for month, seed in [("2025-06", 3), ("2025-07", 4), ("2025-07", 4)]:
        rows = [row | {"calls": row["calls"] + seed} for row in customers(seed)]
        figures, report = look(rows, snapshot=month)
        assert report is not None
        more = told(figures, PARAMS.monitoring.false_discovery_rate, new_model=month == "2025-06")
        project = publish(tmp_path / "workspace", "churn", report.run, CONTRACT.features, more, kept=9, tags=["3"])

    room = Workspace.create(str(tmp_path / "workspace"))
    assert room.list_datasets(project).datasets == []
    assert [str(found.id) for found in room.list_projects()] == [project]
    runs = [room.get_run(project, identity) for identity in room.list_runs(project)]
    assert sorted(str(run.timestamp.date()) for run in runs if run) == ["2025-06-01", "2025-07-01"]
    metrics = [metric.metric_value_location.metric for run in runs if run for metric in run.metric_results.values()]
    shown = [{key: str(value) for key, value in metric.params.items()} for metric in metrics]
    for panel in room.get_dashboard(project).panels:
        lines = [{"type": value.metric, **value.metric_labels} for value in panel.values]
        wanted = [{key: text for key, text in line.items() if key != "value_type"}.items() for line in lines]
        found = [[metric for metric in shown if metric.items() >= line] for line in wanted]
        months = {len(metrics) for metrics in found}
        assert months == {2} or (panel.title == "Unknown levels" and months == {0, 2}), panel.title
        assert all(metrics[0] == metrics[1] for metrics in found if metrics), panel.title
