"""The page about a campaign."""

from collections.abc import Sequence

import numpy as np

from churn.campaign.choice import Base, Rows, Worth
from churn.campaign.profit import Outlook
from churn.page import Line, Point, document, dots, figures, lines, section, table, tiles

POINTS = 60  # of the curve
METHOD = (
    "Expected profit is the sum of what each contact is expected to bring after all costs. The interval is around what "
    "held-out customers make of it, who left a little more or less often than predicted (fifteen bins of equal size), and "
    "as wide as their number and chance ask for: who leaves, and who takes the offer. A profit outside of its interval says "
    "that the probabilities are off where the contacts are."
)


def render(
    name: str, budget: float, outlooks: Sequence[Outlook], base: Base, worth: Worth, chosen: Rows, remarks: list[str]
) -> str:
    """HTML; the first of the outlooks is the list's."""
    ours = outlooks[0]
    head = tiles(
        [
            ("customers to contact", f"{ours.contacts:,}", f"of {len(base):,} scored"),
            ("expected cost", f"{ours.cost:,.2f}", f"budget {budget:,.2f}"),
            ("expected profit", f"{ours.profit:,.0f}", f"{ours.low:,.0f} to {ours.high:,.0f}"),
        ]
    )
    points = [Point(o.name, o.profit, o.low, o.high, "one" if o is ours else "two") for o in outlooks]
    pictures = figures(
        [
            ("Beside the alternatives", dots(points, "expected profit", line_at=0.0), "With the intervals described below."),
            ("Down the list", _curve(worth, chosen), "What the first so many contacts are expected to bring together."),
        ]
    )
    rows = [
        [o.name, f"{o.contacts:,}", f"{o.cost:,.2f}", f"{o.profit:,.0f}", f"{o.low:,.0f} to {o.high:,.0f}"] for o in outlooks
    ]
    parts = [
        f"<h1>Contact list: {name}</h1>", head, pictures,
        section("In figures", table(["who is contacted", "contacts", "expected cost", "expected profit", "interval"], rows)),
        section("To know", *(f"<p>{text}</p>" for text in [*remarks, METHOD])),
    ]  # fmt: skip
    if len(base.segments) > 1:
        parts.insert(4, section("By segment", _segments(base, chosen)))
    return document(f"Contact list: {name}", parts)


def _curve(worth: Worth, chosen: Rows) -> str:
    total = np.concatenate([[0.0], np.cumsum(worth.gain[chosen])])
    places = np.unique(np.linspace(0, len(chosen), POINTS).astype(int))
    return lines([Line(places.tolist(), total[places].tolist())], "contacts", "expected profit", zero=True)


def _segments(base: Base, chosen: Rows) -> str:
    counts = np.bincount(base.segment[chosen], minlength=len(base.segments))
    sizes = np.bincount(base.segment, minlength=len(base.segments))
    rows = [[name, f"{count:,}", f"{size:,}"] for name, count, size in zip(base.segments, counts, sizes, strict=True)]
    return table(["segment", "contacts", "customers"], rows)
