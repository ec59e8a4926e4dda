"""Pages for people: one HTML file with its pictures inside, readable without a network, in light and dark, on any width."""

from html import escape

from churn.page.charts import Line, Point, bars, dots, lines
from churn.page.document import document, figures, section, standalone, table, tiles

__all__ = ["Line", "Point", "bars", "document", "dots", "escape", "figures", "lines", "section", "standalone", "table", "tiles"]
