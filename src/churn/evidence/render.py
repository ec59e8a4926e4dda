"""The card as a page and as Markdown."""

from collections.abc import Sequence

from churn.evidence.card import Part, parts
from churn.evidence.facts import Facts
from churn.page import bullets, document, escape, section, table, tiles


def html(facts: Facts) -> str:
    """One page that needs no other file."""
    return document(f"{facts.name}, version {facts.version}", [_head(facts), *map(_section, parts(facts))])


def markdown(facts: Facts) -> str:
    """The same for a terminal, a pull request or a wiki."""
    head = f"# {facts.name}, version {facts.version}\n\n{_verdict(facts)[0].capitalize()}.\n"
    return "\n".join([head, *(_text(part) for part in parts(facts))])


def _head(facts: Facts) -> str:
    word, colour = _verdict(facts)
    test = facts.bundle.metrics.get("test", {})
    shown = [
        (name, f"{test[figure]['value']:,{form}}", f"{test[figure]['low']:,{form}} to {test[figure]['high']:,{form}}")
        for name, figure, form in (("AUC", "auc", ".3f"), ("profit per 1,000", "profit_per_1000", ".0f"),
                                   ("calibration error", "calibration_error", ".3f"))
        if figure in test
    ]  # fmt: skip
    return (
        f'<header><p class="soft">Model card · bundle {escape(facts.bundle.fingerprint[:12])}</p>'
        f"<h1>{escape(facts.name)}, version {escape(facts.version)} "
        f'<span class="verdict {colour}">{escape(word)}</span></h1>'
        f'<p class="lead">{escape(facts.problem.goal)}</p></header>{tiles(shown)}'
    )


def _verdict(facts: Facts) -> tuple[str, str]:
    """What the gate says, in words, and the colour of the pill."""
    if facts.gated is None:
        return "not judged yet", "not-yet"
    return ("passed the gate", "go") if facts.gated["promote"] else ("refused by the gate", "no-go")


def _section(part: Part) -> str:
    words = [f"<p>{escape(text)}</p>" for text in part.words]
    if part.rows and not part.head:
        return section(part.title, *words, bullets((f"{name}:", text) for name, text in part.rows))
    return section(part.title, *words, *([table(part.head, part.rows)] if part.rows else []))


def _text(part: Part) -> str:
    words = [f"{text}\n" for text in part.words]
    return "\n".join([f"## {part.title}\n", *words, *_table(part.head, part.rows)])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    if not head:
        return [*(f"- {name}: {_cell(text)}" for name, text in rows), ""]
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(map(_cell, line))} |" for line in lines] + [""]


def _cell(text: str) -> str:
    bare = f"**{text[1:]}**" if text.startswith("!") else text
    return " ".join(bare.replace("|", "\\|").split())
