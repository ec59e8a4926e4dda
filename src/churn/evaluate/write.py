"""Write what was measured to a folder."""

import json
from pathlib import Path
from typing import Any

from churn.decision import Decision
from churn.evaluate.measure import Measured
from churn.evaluate.pictures import pictures
from churn.evaluate.report import Judgement, render
from churn.page import standalone
from churn.params import Params


def write(folder: Path, measured: Measured, params: Params) -> None:
    """metrics.json: a flat list of the figures, for comparing. figures.json: them with intervals, the contest and fairness.

    Besides, a CSV for each table, an SVG for each picture, and report.html.
    """
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    _json(folder / "figures.json", measured.found)
    _json(folder / "metrics.json", {name: round(figure["value"], 6) for name, figure in measured.found["test"].items()})
    for name, table in measured.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    drawn = pictures(measured)
    for name, (_, svg, _) in drawn.items():
        (folder / "pictures" / f"{name}.svg").write_text(standalone(svg), encoding="utf-8")
    page = render(Judgement(params.name, measured, Decision.of(params.problem), drawn))
    (folder / "report.html").write_text(page, encoding="utf-8")


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
