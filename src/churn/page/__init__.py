"""Pages for people: one HTML file with its pictures inside, readable without a network, in light and dark, on any width."""

from html import escape

from churn.page.charts import Line, Point, bars, dots, lines
from churn.page.document import Link, bullets, document, figures, section, standalone, table, tiles
from churn.page.history import Mark, history

__all__ = [
    "Line",
    "Link",
    "Mark",
    "Point",
    "bars",
    "bullets",
    "document",
    "dots",
    "escape",
    "figures",
    "history",
    "lines",
    "section",
    "standalone",
    "table",
    "tiles",
]
