"""What was measured, as pictures."""

import pandas as pd

from churn.evaluate.measure import Measured, Tables
from churn.page import Line, Point, dots, lines

Picture = tuple[str, str, str]  # title, SVG, caption
SHOWN = 15  # columns
LEARNING = {"auc": "AUC", "log_loss": "log loss", "profit_per_1000": "profit per 1,000"}


def pictures(measured: Measured) -> dict[str, Picture]:
    """Every picture by name: the curves, importance, and dependence on each of the first columns."""
    moves = {f"dependence_{i}": of_dependence(one) for i, one in enumerate(measured.dependences.values(), start=1)}
    tables = measured.tables
    return (
        of_curves(tables) | of_learning(tables["learning_curve"]) | {"importance": of_importance(tables["importance"])} | moves
    )


def of_curves(curves: Tables) -> dict[str, Picture]:
    """ROC, precision-recall, calibration, gain, lift and profit."""
    shares = (True, True)
    diagonal = Line([0, 1], [0, 1], style="guide")
    roc, recall = curves["roc"], curves["precision_recall"]
    return {
        "calibration": (
            "Calibration",
            lines([diagonal, _banded(curves["calibration"], marks=True)], "predicted", "observed", percent=shares),
            "Predicted probability and observed rate of fifteen equal parts; on the dashed line they agree.",
        ),
        "gain": (
            "Gain",
            lines([diagonal, _banded(curves["gain"])], "customers contacted", "churners reached", percent=shares),
            "The most likely are contacted first; the dashed line contacts by lot.",
        ),
        "lift": (
            "Lift",
            lines(
                [Line([1, 10], [1, 1], style="guide"), _banded(curves["lift"], marks=True)], "tenth of the customers", "lift"
            ),
            "Rate of churn in each tenth as a multiple of the rate of all, the most likely first.",
        ),
        "profit": (
            "Profit",
            lines([_banded(curves["profit"])], "customers contacted", "profit per 1,000", percent=(True, False), zero=True),
            "Profit per 1,000 customers when the most likely are contacted first.",
        ),
        "roc": (
            "ROC",
            lines([diagonal, _plain(roc)], "stayers contacted", "churners reached", percent=shares),
            "Every threshold is a point of the curve.",
        ),
        "precision_recall": (
            "Precision and recall",
            lines([_plain(recall)], "churners reached", "churners among the contacted", percent=shares, zero=True),
            "How pure the list is, the further it reaches.",
        ),
    }


def of_learning(table: pd.DataFrame) -> dict[str, Picture]:
    """AUC, log loss and profit by the number of rows learned from; the last point is the model."""
    caption = "Judged on the same test rows; the last point is the model."
    found = {}
    for figure, title in LEARNING.items():
        curve = table[["rows", figure, f"{figure}_low", f"{figure}_high"]]
        svg = lines([_banded(curve, marks=True)], "rows learned from", title)
        found[f"learning_{figure}"] = (f"{title[0].upper()}{title[1:]} by rows learned from", svg, caption)
    return found


def of_importance(table: pd.DataFrame) -> Picture:
    """The columns that matter most."""
    points = _points(table.head(SHOWN), "column")
    caption = "Rise of the log loss when the column is shuffled; columns that tell the same story share it."
    return "Importance", dots(points, "rise of the log loss", line_at=0.0), caption


def of_dependence(table: pd.DataFrame) -> Picture:
    """Mean probability at each value of one column."""
    name = str(table["column"].iloc[0])
    caption = "Mean probability if every customer had this value."
    if pd.api.types.is_numeric_dtype(table["at"]):
        line = Line(table["at"].tolist(), table["value"].tolist(), table["low"].tolist(), table["high"].tolist(), marks=True)
        return name, lines([line], name, "probability", percent=(False, True), zero=True), caption
    return name, dots(_points(table, "at"), "probability", percent=True), caption


def _points(table: pd.DataFrame, named_by: str) -> list[Point]:
    return [Point(str(row[named_by]), row["value"], row["low"], row["high"]) for row in table.to_dict(orient="records")]


def _banded(curve: pd.DataFrame, *, marks: bool = False) -> Line:
    along, name = map(str, curve.columns[:2])
    x, y, low, high = (curve[column].tolist() for column in (along, name, f"{name}_low", f"{name}_high"))
    return Line(x, y, low, high, marks=marks)


def _plain(curve: pd.DataFrame) -> Line:
    return Line(curve.iloc[:, 0].tolist(), curve.iloc[:, 1].tolist())
