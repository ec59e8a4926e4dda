"""Write what was measured to a folder."""

import json
from pathlib import Path
from typing import Any

from churn.decision import Decision
from churn.evaluate.learning import FIGURES
from churn.evaluate.measure import Measured
from churn.evaluate.pictures import pictures
from churn.evaluate.report import Judgement, render
from churn.page import standalone
from churn.params import Params


def write(folder: Path, measured: Measured, params: Params) -> None:
    """metrics.json: a flat list of figures, for comparing. figures.json: them with intervals, the contest and fairness.

    Besides, a CSV for each table, an SVG for each picture, and report.html.
    """
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    _json(folder / "figures.json", measured.found)
    _json(folder / "metrics.json", {name: round(value, 6) for name, value in flat(measured.found).items()})
    for name, table in measured.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    drawn = pictures(measured)
    for name, (_, svg, _) in drawn.items():
        (folder / "pictures" / f"{name}.svg").write_text(standalone(svg), encoding="utf-8")
    page = render(Judgement(params.name, measured, Decision.of(params.problem), drawn))
    (folder / "report.html").write_text(page, encoding="utf-8")


def flat(found: dict[str, Any]) -> dict[str, float]:
    """The figures on the test rows by name; with `cv_` those of the contest, with `out_of_time_` those of earlier rows alone.

    calibration_error is what endless rows would show, observed_calibration_error what these did, with chance.
    """
    figures = {name: figure["value"] for name, figure in found["test"].items()}
    figures["observed_calibration_error"] = found["calibration"]["observed_error"]
    figures |= {f"cv_{name}": value for name, value in found["cv"].items()}
    later = found["out_of_time"]
    return figures | {f"out_of_time_{name}": later[name]["value"] for name in FIGURES if later}


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
