"""Lines over named periods, with what happened between them as upright marks."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from churn.page.axis import Axis, short
from churn.page.charts import LEFT, LETTER, RIGHT, TOP, WIDTH, Line, curve, svg

FLOOR, BELOW = 190, 26  # of the axes, and room for names below them
GAP = 12  # between two names


class Mark(NamedTuple):
    """Something that happened; `at` counts periods from 0, so 2.5 lies between the third and the fourth.

    style: `done`, or `void` for what came to nothing.
    """

    at: float
    name: str
    style: str = "done"


def history(
    shown: Sequence[Line],
    periods: Sequence[str],
    y_name: str,
    *,
    percent: bool = False,
    zero: bool = False,
    marks: Sequence[Mark] = (),
) -> str:
    """Lines whose x counts the periods from 0. percent: whether y is a share. zero: whether y begins at 0."""
    x = Axis(-0.5, max(len(periods), 1) - 0.5, LEFT, WIDTH - RIGHT)
    values = [value for line in shown for part in (line.y, line.low, line.high) for value in part]
    y = Axis.around(values, FLOOR, TOP, zero)
    parts = [*_rules(y, percent), *_periods(periods, x), _side(y_name)]
    parts += [_mark(mark, x) for mark in marks]
    for line in shown:
        parts += curve(line, x, y)
    return svg(FLOOR + BELOW, parts, f"{y_name} over {len(periods)} periods")


def _rules(y: Axis, percent: bool) -> list[str]:
    rules = [f'<path class="rule" d="M{LEFT} {y.at(tick):.1f}H{WIDTH - RIGHT}"/>' for tick in y.ticks()]
    texts = [(y.at(tick) + 4, short(tick, percent)) for tick in y.ticks()]
    return rules + [f'<text x="{LEFT - 6}" y="{at:.1f}" text-anchor="end">{text}</text>' for at, text in texts]


def _periods(periods: Sequence[str], x: Axis) -> list[str]:
    """As many names as fit, the newest among them."""
    longest = max((len(name) for name in periods), default=1)
    room = min(longest, 12) * LETTER + GAP
    fits = max(int((WIDTH - RIGHT - LEFT) // room), 1)
    step = -(-len(periods) // fits) or 1
    return [_period(name, x.at(i)) for i, name in enumerate(periods) if (len(periods) - 1 - i) % step == 0]


def _period(name: str, at: float) -> str:
    text = name if len(name) <= 12 else f"{name[:11]}…"
    within = min(at, WIDTH - len(text) * LETTER / 2)
    return f'<text x="{within:.1f}" y="{FLOOR + 17}" text-anchor="middle">{escape(text)}</text>'


def _side(name: str) -> str:
    middle = (FLOOR + TOP) / 2
    return f'<text transform="translate(11 {middle}) rotate(-90)" text-anchor="middle">{escape(name)}</text>'


def _mark(mark: Mark, x: Axis) -> str:
    line = f'<path class="mark {mark.style}" d="M{x.at(mark.at):.1f} {TOP}V{FLOOR}">'
    return f"{line}<title>{escape(mark.name)}</title></path>"
