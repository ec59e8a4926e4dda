"""Line, dot and bar pictures as SVG. They are drawn small, so that their letters stay readable on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from churn.page.axis import Axis, short

WIDTH, HEIGHT = 360, 230
LEFT, RIGHT, TOP, BOTTOM = 60, 18, 10, 40
ROW = 22
NAME = 130  # room for names beside dots and bars
LETTER = 6.4  # width of one
CROWD = 60  # dots on a line, above which they are drawn small


@dataclass(frozen=True)
class Line:
    """Points to join, and the interval around each if there is one. Style `one` or `two` is a line, `guide` is dashed.

    links: the address that the mark of each point leads to; empty for none.
    """

    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    style: str = "one"
    marks: bool = False
    links: Sequence[str] = ()


@dataclass(frozen=True)
class Point:
    """A value with its interval beside a name; style `one` or `two`."""

    name: str
    value: float
    low: float
    high: float
    style: str = "one"


def lines(
    shown: Sequence[Line], x_name: str, y_name: str, *, percent: tuple[bool, bool] = (False, False), zero: bool = False
) -> str:
    """Lines over a common pair of axes. percent: whether x and y are shares. zero: whether y begins at 0."""
    x = Axis.around([value for line in shown for value in line.x], LEFT, WIDTH - RIGHT)
    ys = [value for line in shown for part in (line.y, line.low, line.high) for value in part]
    y = Axis.around(ys, HEIGHT - BOTTOM, TOP, zero)
    parts = [*_grid(x, y, percent), _names(x_name, y_name)]
    for line in shown:
        parts += curve(line, x, y)
    return svg(HEIGHT, parts, f"{y_name} by {x_name}")


def dots(points: Sequence[Point], x_name: str, *, percent: bool = False, line_at: float | None = None, room: int = NAME) -> str:
    """A row for each point: name, dot and interval. line_at: a value to compare with. room: for the names."""
    height = TOP + ROW * len(points) + BOTTOM
    values = [value for point in points for value in (point.value, point.low, point.high)]
    x = Axis.around([*values, *([line_at] if line_at is not None else [])], room, WIDTH - RIGHT)
    parts = _bottom(x, height, x_name, percent)
    if line_at is not None:
        parts.append(f'<path class="guide" d="M{x.at(line_at):.1f} {TOP}V{height - BOTTOM}"/>')
    for row, point in enumerate(points):
        at = TOP + ROW * (row + 0.5)
        parts.append(_label(point.name, at, room))
        parts.append(f'<path class="whisker {point.style}" d="M{x.at(point.low):.1f} {at}H{x.at(point.high):.1f}"/>')
        told = f"{point.name}: {short(point.value, percent)} [{short(point.low, percent)}, {short(point.high, percent)}]"
        parts.append(f'<circle class="dot {point.style}" cx="{x.at(point.value):.1f}" cy="{at}" r="4">{_title(told)}</circle>')
    return svg(height, parts, x_name)


def bars(
    names: Sequence[str], shares: Sequence[float], points: Sequence[Point] = (), *, x_name: str = "share of the rows"
) -> str:
    """A row for each name: its share as a bar, and a rate with its interval over it. Both are shares of 1."""
    height = TOP + ROW * len(names) + BOTTOM
    x = Axis.around([0.0, *shares, *(point.high for point in points)], NAME, WIDTH - RIGHT)
    parts = _bottom(x, height, x_name, True)
    for row, (name, share) in enumerate(zip(names, shares, strict=True)):
        top = TOP + ROW * row
        parts.append(_label(name, top + ROW / 2, NAME))
        told = _title(f"{name}: {short(share, True)} of the rows")
        width = max(x.at(share) - NAME, 0.5)
        parts.append(f'<rect class="bar" x="{NAME}" y="{top + 3}" width="{width:.1f}" height="{ROW - 6}">{told}</rect>')
    for row, point in enumerate(points):
        at = TOP + ROW * (row + 0.5)
        told = f"{point.name}: {short(point.value, True)} [{short(point.low, True)}, {short(point.high, True)}]"
        parts.append(f'<path class="whisker two" d="M{x.at(max(point.low, 0)):.1f} {at}H{x.at(point.high):.1f}"/>')
        parts.append(f'<circle class="dot two" cx="{x.at(point.value):.1f}" cy="{at}" r="3.5">{_title(told)}</circle>')
    return svg(height, parts, x_name)


def curve(line: Line, x: Axis, y: Axis) -> list[str]:
    """The parts of a line on its axes; none if it has no points."""
    places = [(x.at(a), y.at(b)) for a, b in zip(line.x, line.y, strict=True)]
    style = "guide" if line.style == "guide" else f"line {line.style}"
    parts: list[str] = []
    if not places:
        return parts
    if len(line.low):
        upper = [f"{x.at(a):.1f} {y.at(b):.1f}" for a, b in zip(line.x, line.high, strict=True)]
        lower = [f"{x.at(a):.1f} {y.at(b):.1f}" for a, b in zip(line.x, line.low, strict=True)]
        parts.append(f'<path class="band" d="M{"L".join([*upper, *reversed(lower)])}Z"/>')
    parts.append(f'<path class="{style}" d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in places)}"/>')
    if line.marks:
        size = 3 if len(places) <= CROWD else 1
        drawn = [f'<circle class="dot {line.style}" cx="{a:.1f}" cy="{b:.1f}" r="{size}"/>' for a, b in places]
        parts += [_linked(dot, link) for dot, link in zip(drawn, line.links or [""] * len(drawn), strict=True)]
    return parts


def _linked(drawn: str, address: str) -> str:
    return f'<a href="{escape(address)}">{drawn}</a>' if address else drawn


def _grid(x: Axis, y: Axis, percent: tuple[bool, bool]) -> list[str]:
    bottom = HEIGHT - BOTTOM
    parts = [f'<path class="rule" d="M{LEFT} {y.at(tick):.1f}H{WIDTH - RIGHT}"/>' for tick in y.ticks()]
    parts += [
        f'<text x="{LEFT - 6}" y="{y.at(tick) + 4:.1f}" text-anchor="end">{short(tick, percent[1])}</text>'
        for tick in y.ticks()
    ]
    return parts + [
        f'<text x="{x.at(tick):.1f}" y="{bottom + 15}" text-anchor="middle">{short(tick, percent[0])}</text>'
        for tick in x.ticks()
    ]


def _bottom(x: Axis, height: float, name: str, percent: bool) -> list[str]:
    bottom = height - BOTTOM
    parts = [f'<path class="rule" d="M{x.at(tick):.1f} {TOP}V{bottom}"/>' for tick in x.ticks()]
    parts += [
        f'<text x="{x.at(tick):.1f}" y="{bottom + 15}" text-anchor="middle">{short(tick, percent)}</text>' for tick in x.ticks()
    ]
    return [*parts, f'<text x="{(x.start + x.end) / 2}" y="{height - 6}" text-anchor="middle">{escape(name)}</text>']


def _names(x_name: str, y_name: str) -> str:
    middle = (HEIGHT - BOTTOM + TOP) / 2
    below = f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_name)}</text>'
    return f'{below}<text transform="translate(11 {middle}) rotate(-90)" text-anchor="middle">{escape(y_name)}</text>'


def _label(name: str, at: float, room: int) -> str:
    letters = int((room - 8) / LETTER)
    shown = name if len(name) <= letters else f"{name[: letters - 1]}…"
    return f'<text class="ink" x="{room - 8}" y="{at + 4}" text-anchor="end">{escape(shown)}{_title(name)}</text>'


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def svg(height: float, parts: Sequence[str], about: str) -> str:
    """A picture of its parts; `about` is read aloud instead of it."""
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(about)}" xmlns="http://www.w3.org/2000/svg">'
    return f"{head}{''.join(parts)}</svg>"
