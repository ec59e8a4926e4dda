"""The table and the picture of the proving ground as one HTML page."""

from collections.abc import Sequence

from bench.monitoring.cells import Cell
from churn.page import Point, document, dots, figures, section, table
from monitoring.replay.account import HEAD, Account, row

LIVES = ("never", "monthly", "policy", "bound")


def page(cells: Sequence[Cell], accounts: Sequence[Account]) -> str:
    """Cells, worlds and the money of each life beside the oracle's."""
    shown = [[one.name, f"{one.share:.2%}", f"{one.trials:,}", one.to_reach, _bound(one)] for one in cells]
    pictures = [
        (one.name, dots(_points(one), "share of the oracle's money", percent=True, line_at=1.0), "") for one in accounts
    ]
    parts = [
        "<header><h1>The proving ground of monitoring</h1></header>",
        section("Cells", table(["cell", "share", "trials", "to reach", "theory allows"], shown)),
        section("Worlds", table(list(HEAD), [row(one) for one in accounts])),
        section("Money", figures(pictures)),
    ]
    return document("The proving ground of monitoring", parts)


def _points(one: Account) -> list[Point]:
    shares = {life: one.money[life] / one.money["oracle"] for life in LIVES}
    return [Point(life, share, share, share, "two" if life == "policy" else "one") for life, share in shares.items()]


def _bound(one: Cell) -> str:
    return "" if one.bound is None else f"{one.bound:.1%}"
