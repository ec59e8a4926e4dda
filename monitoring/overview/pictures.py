"""The windows as lines over time. A mark is where another version took over; a dot leads to the report of its window."""

from collections.abc import Callable, Iterator

from churn.history import CROWNED
from churn.page import Line, Mark, history
from monitoring.figures import Figures, Interval, Segment
from monitoring.overview.known import Known, standing_out
from monitoring.retrain import ENDED

Picture = tuple[str, str, str]  # title, SVG, caption


def pictures(known: Known) -> list[Picture]:
    """The model as a whole."""
    draw = _Drawing(known)
    rate = known.params.monitoring.false_discovery_rate

    def moved(figures: Figures) -> float | None:
        return len(standing_out(figures, rate)) if figures.comparisons else None

    return [
        draw(
            "How well it ranks",
            "AUC",
            [draw.line(_live("auc")), draw.line(_estimate, "two"), draw.guide(_promised)],
            "Blue: on the newest known outcomes; orange: expected from the predictions alone; dashed: promised.",
        ),
        draw(
            "What it is worth",
            "profit",
            [draw.line(lambda one: one.worth)],
            "Profit of the window if everybody above the threshold is contacted, with its interval.",
            zero=True,
        ),
        draw(
            "What it earned",
            "per 1,000",
            [draw.line(_live("profit"))],
            "Profit on the newest known outcomes, less the one that was predicted; 0 is as promised.",
            zero=True,
        ),
        draw(
            "Can the rates be believed",
            "observed - predicted",
            [draw.line(_live("calibration"))],
            "Rate of leaving among the newest known outcomes, less the predicted one; 0 is right.",
            percent=True,
            zero=True,
        ),
        draw(
            "Columns that stand out",
            "columns",
            [draw.line(moved)],
            "In the window by itself; one window alone starts nothing.",
            zero=True,
        ),
        draw(
            "Predicted rate",
            "of customers",
            [draw.line(_predicted)],
            "Mean predicted probability of leaving.",
            percent=True,
            zero=True,
        ),
        draw(
            "Missing and unknown",
            "worst column",
            [draw.line(_worst("missing")), draw.line(_worst("unseen"), "two")],
            "Blue: largest share of missing values of a column; orange: of levels the model never saw.",
            percent=True,
            zero=True,
        ),
        draw("Customers", "rows", [draw.line(lambda one: one.rows)], "Customers in the window.", zero=True),
    ]


def segments(known: Known) -> list[Picture]:
    """The segments of the newest window, each with its own lines."""
    newest = known.newest
    draw = _Drawing(known)
    return [
        draw(
            f"{part.column} = {part.level}",
            "rate of leaving",
            [draw.line(_of(part, "predicted")), draw.line(_of(part, "observed"), "two")],
            f"{part.rows:,} customers. Blue: predicted; orange: observed on the newest known outcomes.",
            percent=True,
            zero=True,
        )
        for part in (newest.segments if newest else ())
    ]


Figure = Callable[[Figures], Interval | float | None]


class _Drawing:
    """Lines over the windows of one page."""

    def __init__(self, known: Known) -> None:
        self._windows, self._marks = known.windows, list(_marks(known))

    def __call__(
        self, title: str, y_name: str, lines: list[Line], caption: str, *, percent: bool = False, zero: bool = False
    ) -> Picture:
        names = [seen.figures.snapshot for seen in self._windows]
        return title, history(lines, names, y_name, percent=percent, zero=zero, marks=self._marks), caption

    def line(self, figure: Figure, style: str = "one") -> Line:
        """A figure of each window that has it."""
        found = [(i, value, seen) for i, seen in enumerate(self._windows) if (value := figure(seen.figures)) is not None]
        x, links = [float(i) for i, _, _ in found], [seen.report for _, _, seen in found]
        values = [value for _, value, _ in found]
        spans = [value for value in values if isinstance(value, Interval)]
        if len(spans) == len(values):
            y, low, high = ([getattr(one, end) for one in spans] for end in ("value", "low", "high"))
            return Line(x, y, low, high, style, marks=True, links=links)
        return Line(x, [float(value) for value in values if not isinstance(value, Interval)], (), (), style, True, links)

    def guide(self, figure: Figure) -> Line:
        """A dashed line."""
        line = self.line(figure)
        return Line(line.x, line.y, style="guide")


def _marks(known: Known) -> Iterator[Mark]:
    """Promotions and challengers that were refused, between the windows that were judged before and after them."""
    for line in known.history:
        at = sum(seen.time <= line.time for seen in known.windows) - 0.5
        if at < 0:
            continue
        if line.kind in CROWNED:
            yield Mark(at, f"version {line.version} went live on {line.time:%Y-%m-%d}")
        elif line.kind == ENDED and not line.detail.get("promoted"):
            yield Mark(at, f"the challenger of {line.time:%Y-%m-%d} was refused", "void")


def _live(name: str) -> Figure:
    return lambda figures: found.live if (found := figures.promise(name)) else None


def _promised(figures: Figures) -> float | None:
    found = figures.promise("auc")
    return found.promised.value if found else None


def _estimate(figures: Figures) -> float | None:
    return figures.estimate.value if figures.estimate else None


def _predicted(figures: Figures) -> float | None:
    counts = figures.counts
    return float(counts.spread.total[-1] / counts.rows) if counts and counts.rows else None


def _worst(kind: str) -> Figure:
    def worst(figures: Figures) -> float | None:
        return max((one.after for one in figures.comparisons if one.kind == kind), default=0.0) if figures.comparisons else None

    return worst


def _of(part: Segment, name: str) -> Figure:
    def figure(figures: Figures) -> float | None:
        same = (one for one in figures.segments if (one.column, one.level) == (part.column, part.level))
        found: float | None = next((getattr(one, name) for one in same if one.rows), None)
        return found

    return figure
