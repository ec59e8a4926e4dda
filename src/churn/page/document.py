"""The HTML of a report, from small parts."""

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import NamedTuple

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
$style</style>
</head>
<body>
<main>
$body
</main>
</body>
</html>
""")


class Link(NamedTuple):
    """A cell of a table that leads somewhere."""

    text: str
    address: str


def document(title: str, parts: Iterable[str]) -> str:
    """A whole page; `parts` are HTML, `title` is text."""
    return PAGE.substitute(title=escape(title), style=_style(), body="\n".join(parts))


def section(title: str, *parts: str) -> str:
    """A heading and what stands below it, as HTML."""
    return "\n".join([f"<section><h2>{escape(title)}</h2>", *parts, "</section>"])


def bullets(rows: Iterable[tuple[str, str]]) -> str:
    """A list: what each line begins with, in another colour, and what it says, as text."""
    lines = (f"<li><span>{escape(begin)}</span> {escape(text)}</li>" for begin, text in rows)
    return f'<ul class="bullets">{"".join(lines)}</ul>'


def tiles(rows: Iterable[tuple[str, str, str]]) -> str:
    """Large numbers: a name, a value and a remark each, as text."""
    cells = (
        f"<div><span>{escape(name)}</span><b>{escape(value)}</b><small>{escape(note)}</small></div>"
        for name, value, note in rows
    )
    return f'<div class="tiles">{"".join(cells)}</div>'


def figures(rows: Iterable[tuple[str, str, str]]) -> str:
    """Pictures side by side where there is room: a title, an SVG and a caption each."""
    cells = (
        f"<figure><h3>{escape(title)}</h3>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
        for title, svg, caption in rows
    )
    return f'<div class="figures">{"".join(cells)}</div>'


def standalone(svg: str) -> str:
    """A picture as a file of its own, with the look that it has on a page."""
    head, end = svg.split(">", 1)
    return f"{head}><style>{_style()}</style>{end}"


def table(head: Sequence[str], rows: Iterable[Sequence[str | Link]]) -> str:
    """A table of text that scrolls sideways where the page is narrow. A cell that begins with '!' stands out."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


@cache
def _style() -> str:
    return (files("churn.page") / "style.css").read_text(encoding="utf-8")


def _cell(text: str | Link) -> str:
    if isinstance(text, Link):
        return f'<td><a href="{escape(text.address)}">{escape(text.text)}</a></td>'
    return f'<td class="bad">{escape(text[1:])}</td>' if text.startswith("!") else f"<td>{escape(text)}</td>"
