"""The comparison as a page with pictures."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bench.quality import report
from bench.quality.ours import MODEL
from churn.page import Point, document, dots, figures, section, table

FAR = 0.03  # AUC below the model's; farther learners would leave no room for the others
Found = dict[str, Any]


def page(found: Found) -> str:
    """One HTML page."""
    overall = [(name, f"!{value}" if value.endswith("NOT reached") else value) for name, value in report.overall(found)]
    lines = found["summary"]["tables"]
    summary = section(
        "The model beside the best other learner",
        figures(_gaps(lines)),
        table(("over all tables", "value"), overall),
        table(report.GAPS, [report.gaps(name, one) for name, one in lines.items()]),
    )
    return document(
        "Quality beside other learners", [summary, *(_of_table(name, one) for name, one in found["tables"].items())]
    )


def _of_table(name: str, one: Found) -> str:
    rows = [report.cells(learner, two) for learner, two in one["learners"].items()]
    return section(name, f"<p>{report.about(one)}</p>", figures(_pictures(one["learners"])), table(report.HEAD, rows))


def _gaps(lines: Mapping[str, Found]) -> Iterator[tuple[str, str, str]]:
    for key, title, unit in (
        ("auc_gap", "AUC of the best other less the model's", "AUC"),
        ("log_loss_gap", "Log loss of the model less the best other's", "log loss"),
    ):
        points = [Point(name, one[key], one[key], one[key]) for name, one in lines.items()]
        yield title, dots(points, unit, line_at=0.0), "Left of the line the model is ahead of all."


def _pictures(learners: Mapping[str, Found]) -> Iterator[tuple[str, str, str]]:
    """Differences to the model: right of the line is better than the model."""
    near = {name: one for name, one in learners.items() if name != MODEL and "auc_less_model" in one}
    far = [name for name, one in near.items() if one["auc_less_model"]["value"] < -FAR]
    left_out = f" Farther below: {', '.join(far)}." if far else ""
    for key, title, unit, keep in (
        ("auc_less_model", "AUC less the model's", "pooled AUC", lambda name: name not in far),
        ("profit_less_model", "Profit less the model's", "per 1,000 customers", lambda _: True),
    ):
        shown = _points(near, key, keep)
        note = left_out if key == "auc_less_model" else ""
        yield title, dots(shown, unit, line_at=0.0), f"Paired intervals; other libraries in the second colour.{note}"


def _points(learners: Mapping[str, Found], key: str, keep: Callable[[str], bool]) -> list[Point]:
    return [
        Point(name, one[key]["value"], one[key]["low"], one[key]["high"], "two" if one["peer"] else "one")
        for name, one in learners.items()
        if keep(name)
    ]
